package dev.temper.app.moderation;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Cache;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.WriteBufferManager;

/**
 * One small cache for all the page's stores: by default each would take up to 100 MB outside the heap. Made by Kafka Streams
 * by its name; thread-safe.
 */
public final class SmallRocks implements RocksDBConfigSetter {
    private static final long CACHE_BYTES = 32L << 20;
    private static final long WRITE_BYTES = 16L << 20;
    private static final long WRITE_BUFFER_BYTES = 2L << 20;

    /** Made when the first store is opened: its library is loaded by then. */
    private static final class Shared {
        private static final Cache CACHE = new LRUCache(CACHE_BYTES);
        /** Its memory is the cache's. */
        private static final WriteBufferManager WRITES = new WriteBufferManager(WRITE_BYTES, CACHE);
    }

    @Override
    public void setConfig(String storeName, Options options, Map<String, Object> configs) {
        BlockBasedTableConfig table = (BlockBasedTableConfig) options.tableFormatConfig();
        table.setBlockCache(Shared.CACHE);
        table.setCacheIndexAndFilterBlocks(true);
        options.setTableFormatConfig(table);
        options.setWriteBufferManager(Shared.WRITES);
        options.setWriteBufferSize(WRITE_BUFFER_BYTES);
        options.setMaxWriteBufferNumber(2);
    }

    /** The cache outlives each store. */
    @Override
    public void close(String storeName, Options options) {}
}
