package dev.temper.training.plot;

import dev.temper.runtime.TemperException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.internal.chartpart.Chart;

/** Saves charts as pictures. */
public final class ChartFile {
    private ChartFile() {}

    /**
     * Draws.
     *
     * @param file a name that ends in {@code .svg} gives SVG, any other PNG
     * @throws TemperException if the file cannot be written, or this Java cannot draw
     */
    public static void save(Chart<?, ?> chart, Path file) {
        boolean vectors =
                String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT).endsWith(".svg");
        try (OutputStream out = Files.newOutputStream(file)) {
            if (vectors) {
                VectorGraphicsEncoder.saveVectorGraphic(chart, out, VectorGraphicsEncoder.VectorGraphicsFormat.SVG);
            } else {
                BitmapEncoder.saveBitmap(chart, out, BitmapEncoder.BitmapFormat.PNG);
            }
        } catch (IOException e) {
            throw new TemperException("cannot draw to " + file + " (" + e.getMessage() + ")", e);
        } catch (LinkageError | InternalError e) { // a Java without AWT, or a system without any font
            throw new TemperException(
                    "cannot draw to " + file + ": this Java cannot draw text; install a font and fontconfig", e);
        }
    }
}
