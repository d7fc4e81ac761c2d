-- sub-transactions that are kept, rolled back on their own, and too many for one record of running transactions
CREATE TABLE sub (id int PRIMARY KEY, note text);
BEGIN;
INSERT INTO sub VALUES (1, 'outer');
SAVEPOINT one;
INSERT INTO sub VALUES (2, 'undone');
ROLLBACK TO one;
INSERT INTO sub VALUES (3, 'outer');
COMMIT;
DO $$ BEGIN FOR i IN 101 .. 260 LOOP BEGIN INSERT INTO sub VALUES (i, 'sub'); IF i % 5 = 0 THEN RAISE division_by_zero; END IF; EXCEPTION WHEN division_by_zero THEN NULL; END; END LOOP; END $$;
BEGIN;
DO $$ BEGIN FOR i IN 301 .. 400 LOOP BEGIN INSERT INTO sub VALUES (i, 'sub'); EXCEPTION WHEN division_by_zero THEN NULL; END; END LOOP; END $$;
ROLLBACK;
SELECT pg_switch_wal();
CHECKPOINT;
