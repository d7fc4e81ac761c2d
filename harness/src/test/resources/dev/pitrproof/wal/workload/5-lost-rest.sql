-- a record over three segments; a crash will lose the last of them
SELECT pg_logical_emit_message(false, 'workload', repeat('x', 2400000));
SELECT pg_switch_wal();
