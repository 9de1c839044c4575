package dev.temper.runtime.torch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A TorchScript archive without weights, as bytes: the zip that the engine loads, holding nothing but source text and
 * the pickle of an attribute-free module.
 */
final class ScriptArchive {
    /** The class that every text must define. */
    static final String MODULE = "Module_";

    /** Serialisation format that libtorch 2.x reads and that allows the operators used here. */
    private static final String FORMAT_VERSION = "10\n";

    private static final byte[] EMPTY_CONSTANTS = {(byte) 0x80, 2, ')', '.'};

    private ScriptArchive() {}

    /** The archive of this source text. */
    static byte[] of(String source) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            store(zip, "temper/data.pkl", modulePickle());
            store(zip, "temper/code/__torch__.py", source.getBytes(StandardCharsets.UTF_8));
            store(zip, "temper/constants.pkl", EMPTY_CONSTANTS);
            store(zip, "temper/version", FORMAT_VERSION.getBytes(StandardCharsets.US_ASCII));
            store(zip, "temper/byteorder", "little".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new IllegalStateException("an in-memory zip cannot fail", e);
        }
        return bytes.toByteArray();
    }

    /** Pickle, protocol 2, of {@code __torch__.Module_()} with the one attribute {@code training = False}. */
    private static byte[] modulePickle() {
        ByteArrayOutputStream p = new ByteArrayOutputStream();
        p.writeBytes(new byte[] {(byte) 0x80, 2}); // PROTO 2
        p.writeBytes(("c__torch__\n" + MODULE + "\n").getBytes(StandardCharsets.US_ASCII)); // GLOBAL
        p.writeBytes(new byte[] {')', (byte) 0x81, '}', '('}); // EMPTY_TUPLE, NEWOBJ, EMPTY_DICT, MARK
        byte[] attribute = "training".getBytes(StandardCharsets.US_ASCII);
        p.writeBytes(new byte[] {'X', (byte) attribute.length, 0, 0, 0}); // BINUNICODE, length
        p.writeBytes(attribute);
        p.writeBytes(new byte[] {(byte) 0x89, 'u', 'b', '.'}); // NEWFALSE, SETITEMS, BUILD, STOP
        return p.toByteArray();
    }

    /** Entries are stored, not deflated: the loader maps them. */
    private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(content);
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
