package dev.pitrproof.archive;

import dev.pitrproof.wal.SegmentSource;
import java.io.Closeable;

/** Segments that several threads read, each through an object of its own. */
interface SectionSource extends SegmentSource, Closeable {

    /** The same segments for another thread, which closes them when it has read enough. */
    SectionSource forAnotherThread();
}
