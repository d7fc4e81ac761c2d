-- small transactions as pgbench makes them, all four kinds of page writes among them
CREATE TABLE account (id int PRIMARY KEY, balance bigint NOT NULL, filler char(84) NOT NULL DEFAULT '');
CREATE TABLE history (account int, delta int, at timestamptz DEFAULT clock_timestamp());
INSERT INTO account SELECT g, 0 FROM generate_series(1, 20000) g;
CREATE PROCEDURE mix(rounds int) LANGUAGE plpgsql AS $$ BEGIN FOR i IN 1 .. rounds LOOP UPDATE account SET balance = balance + i WHERE id = 1 + i * 7919 % 20000; INSERT INTO history VALUES (i, i); IF i % 10 = 0 THEN ROLLBACK; ELSE COMMIT; END IF; END LOOP; END $$;
CALL mix(1500);
CHECKPOINT;
CALL mix(500);
DELETE FROM history WHERE account % 3 = 0;
VACUUM history;
