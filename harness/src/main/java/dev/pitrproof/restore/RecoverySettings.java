package dev.pitrproof.restore;

import dev.pitrproof.backup.ControlData;
import dev.pitrproof.proof.ParameterLimits;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** The server settings of a restored cluster: how it recovers, and that it can do no harm. */
final class RecoverySettings {

    private RecoverySettings() {}

    /**
     * All settings that differ from PostgreSQL's defaults.
     *
     * @param control the backup's control data, whose limits the restored cluster must not go below
     * @param major of the server that will run
     */
    static Map<String, String> of(RestorePlan plan, ControlData control, String restoreCommand, int major) {
        Map<String, String> settings = recovering(plan, control, restoreCommand, major);
        settings.putAll(plan.target().parameter());
        settings.put("recovery_target_inclusive", plan.target().inclusive() ? "on" : "off");
        settings.put("recovery_target_action", "pause");
        return settings;
    }

    /**
     * The same for a standby that has no target, for it gets no more WAL than leads to the next position it is asked at.
     *
     * @param lockTimeout for every session, from its beginning: a transaction that has not ended at the position may lock
     *     what a query reads, and nothing will end it
     */
    static Map<String, String> ofStandby(
            RestorePlan plan, ControlData control, String restoreCommand, int major, Duration lockTimeout) {
        Map<String, String> settings = recovering(plan, control, restoreCommand, major);
        settings.put("wal_retrieve_retry_interval", "5ms");
        settings.put("lock_timeout", lockTimeout.toMillis() + "ms");
        // nobody asks while it replays, and a session that was left behind shall not hold it up
        settings.put("max_standby_archive_delay", "0");
        return settings;
    }

    private static Map<String, String> recovering(
            RestorePlan plan, ControlData control, String restoreCommand, int major) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("restore_command", restoreCommand);
        settings.put("recovery_target_timeline", plan.path().timeline().toString());
        settings.put("hot_standby", "on");
        putLimits(settings, control, plan.prediction().limits());
        putHarmless(settings, major);
        putDisposable(settings);
        return settings;
    }

    /** Of a cluster whose recovery is over: it starts as it stands. */
    static Map<String, String> afterRecovery(ControlData control, ParameterLimits limits, int major) {
        Map<String, String> settings = new LinkedHashMap<>();
        putLimits(settings, control, limits);
        putHarmless(settings, major);
        putDisposable(settings);
        return settings;
    }

    private static void putLimits(Map<String, String> settings, ControlData control, ParameterLimits limits) {
        settings.put("max_connections", max(control.maxConnections(), limits.maxConnections()));
        settings.put("max_worker_processes", max(control.maxWorkerProcesses(), limits.maxWorkerProcesses()));
        settings.put("max_wal_senders", max(control.maxWalSenders(), limits.maxWalSenders()));
        settings.put(
                "max_prepared_transactions", max(control.maxPreparedTransactions(), limits.maxPreparedTransactions()));
        settings.put(
                "max_locks_per_transaction", max(control.maxLocksPerTransaction(), limits.maxLocksPerTransaction()));
    }

    private static String max(int a, int b) {
        return Integer.toString(Math.max(a, b));
    }

    private static void putHarmless(Map<String, String> settings, int major) {
        settings.put("archive_mode", "off");
        settings.put("shared_preload_libraries", "");
        settings.put("session_preload_libraries", "");
        settings.put("local_preload_libraries", "");
        settings.put("max_logical_replication_workers", "0");
        settings.put("autovacuum", "off");
        // an xid that the promoted cluster assigns by itself would blur what it says of the target
        settings.put("default_transaction_read_only", "on");
        if (major >= 17) {
            settings.put("event_triggers", "off");
        }
    }

    /** It lives for seconds and is thrown away: durability would only cost time. Never so for a source. */
    private static void putDisposable(Map<String, String> settings) {
        settings.put("fsync", "off");
        settings.put("full_page_writes", "off");
        settings.put("synchronous_commit", "off");
        settings.put("jit", "off");
        settings.put("checkpoint_timeout", "1d");
        settings.put("max_wal_size", "64GB");
        // at least two segments, which may be of 1 GB: without them no server starts
        settings.put("min_wal_size", "2GB");
    }
}
