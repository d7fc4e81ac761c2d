-- timeline 2 will begin at the restore point; timeline 1 goes on
CALL mix(200);
SELECT pg_create_restore_point('fork');
INSERT INTO phase VALUES (50, 'only on 1');
CALL mix(300);
SELECT pg_switch_wal();
INSERT INTO phase VALUES (51, 'only on 1');
