INSERT INTO phase VALUES (60, 'only on 2');
COMMIT PREPARED 'still open';
CALL mix(300);
CHECKPOINT;
SELECT pg_switch_wal();
CALL mix(100);
