package dev.pitrproof.wal;

import java.util.Optional;

/**
 * What came of reading a stretch of the log.
 *
 * @param end why reading ended; {@link WalEnd.Stopped} where nothing more was wanted, by the visitor or for the stretch
 *     was over
 * @param lastStart where the record starts that ends at {@code end.validThrough()}, which the next one must be linked to;
 *     empty if there was no record
 */
public record WalStretch(WalEnd end, Optional<Lsn> lastStart) {}
