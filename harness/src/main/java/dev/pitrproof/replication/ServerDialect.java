package dev.pitrproof.replication;

import java.util.ArrayList;
import java.util.List;

/**
 * Everything in which the replication commands of PostgreSQL's major versions differ.
 *
 * <p>The grammar is that of {@code src/backend/replication/repl_gram.y}: version 15 brought parenthesised options to
 * BASE_BACKUP and a single, typed copy stream for all its archives.
 *
 * @param major the server's major version, at least 13: older ones make no backup manifest
 */
record ServerDialect(int major) {

    private static final int OLDEST = 13;
    private static final int OPTIONS_IN_PARENTHESES = 15;
    private static final int INCREMENTAL = 17;

    ServerDialect {
        if (major < OLDEST) {
            throw new IllegalArgumentException("server version is " + major + ": expected " + OLDEST + " or newer");
        }
    }

    /** Whether BASE_BACKUP sends one copy stream whose messages begin with a type byte, or one stream per archive. */
    boolean sendsTypedArchives() {
        return major >= OPTIONS_IN_PARENTHESES;
    }

    boolean canReadSlots() {
        return major >= 15;
    }

    /** @throws ReplicationException if the server is too old for something that is asked for */
    void require(BaseBackupOptions options) throws ReplicationException {
        if (options.compression() != null && major < OPTIONS_IN_PARENTHESES) {
            throw new ReplicationException("the server is PostgreSQL " + major
                    + ": it cannot compress a base backup, which came with 15\nHINT: have it compressed here, by"
                    + " --format=tar --compress=client-" + options.compression());
        }
        if (options.incrementalTo() != null && major < INCREMENTAL) {
            throw new ReplicationException(
                    "the server is PostgreSQL " + major + ": incremental backups came with " + INCREMENTAL);
        }
    }

    String createPhysicalSlot(String slot, boolean temporary, boolean reserveWal) {
        String reserve = sendsTypedArchives() ? " (RESERVE_WAL)" : " RESERVE_WAL";
        return "CREATE_REPLICATION_SLOT " + quoteIdentifier(slot) + (temporary ? " TEMPORARY" : "") + " PHYSICAL"
                + (reserveWal ? reserve : "");
    }

    String baseBackup(BaseBackupOptions options) {
        return major >= OPTIONS_IN_PARENTHESES ? baseBackupInParentheses(options) : baseBackupByKeywords(options);
    }

    private static String baseBackupInParentheses(BaseBackupOptions options) {
        List<String> words = new ArrayList<>();
        words.add("LABEL " + quoteLiteral(options.label()));
        if (options.estimateSize()) {
            words.add("PROGRESS");
        }
        words.add("CHECKPOINT " + (options.fastCheckpoint() ? "'fast'" : "'spread'"));
        if (options.includeWal()) {
            words.add("WAL");
        }
        words.add("WAIT " + (options.waitForArchive() ? 1 : 0));
        options.maxRateKilobytes().ifPresent(rate -> words.add("MAX_RATE " + rate));
        words.add("VERIFY_CHECKSUMS " + (options.verifyPageChecksums() ? 1 : 0));
        if (options.wantsManifest()) {
            words.add("MANIFEST " + quoteLiteral(options.manifest()));
            words.add("MANIFEST_CHECKSUMS " + quoteLiteral(options.manifestChecksums()));
        }
        if (options.tablespaceMap()) {
            words.add("TABLESPACE_MAP");
        }
        if (options.compression() != null) {
            words.add("COMPRESSION " + quoteLiteral(options.compression()));
            if (options.compressionDetail() != null) {
                words.add("COMPRESSION_DETAIL " + quoteLiteral(options.compressionDetail()));
            }
        }
        if (options.incrementalTo() != null) {
            words.add("INCREMENTAL");
        }
        return "BASE_BACKUP (" + String.join(", ", words) + ")";
    }

    private static String baseBackupByKeywords(BaseBackupOptions options) {
        List<String> words = new ArrayList<>();
        words.add("BASE_BACKUP LABEL " + quoteLiteral(options.label()));
        if (options.estimateSize()) {
            words.add("PROGRESS");
        }
        if (options.fastCheckpoint()) {
            words.add("FAST");
        }
        if (options.includeWal()) {
            words.add("WAL");
        }
        if (!options.waitForArchive()) {
            words.add("NOWAIT");
        }
        options.maxRateKilobytes().ifPresent(rate -> words.add("MAX_RATE " + rate));
        if (!options.verifyPageChecksums()) {
            words.add("NOVERIFY_CHECKSUMS");
        }
        if (options.wantsManifest()) {
            words.add("MANIFEST " + quoteLiteral(options.manifest()));
            words.add("MANIFEST_CHECKSUMS " + quoteLiteral(options.manifestChecksums()));
        }
        if (options.tablespaceMap()) {
            words.add("TABLESPACE_MAP");
        }
        return String.join(" ", words);
    }

    static String quoteIdentifier(String name) {
        return "\"" + name.replace("\"", "\"\"") + "\"";
    }

    static String quoteLiteral(String value) {
        return "'" + value.replace("'", "''") + "'";
    }
}
