package dev.pitrproof.wal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.wal.WalEntry.Kind;
import dev.pitrproof.wal.WalEntry.RelationFile;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What may be said for sure, and what not, of transactions whose beginning was or was not seen. */
class RelationChangesTest {

    private static final int DATABASE = 5;
    private static final int LENGTH = 64;

    private Lsn position = new Lsn(0x1000000);
    private Lsn previous = new Lsn(0xFFFF00);

    private WalRecord record(int xid, WalEntry entry) {
        WalRecord record =
                new WalRecord(position, position.plus(LENGTH), TimelineId.FIRST, xid, previous, 0, 0, LENGTH, entry);
        previous = position;
        position = position.plus(LENGTH);
        return record;
    }

    private WalRecord checkpoint(int nextXid) {
        return record(
                0,
                new WalEntry.Checkpoint(
                        true, position, TimelineId.FIRST, TimelineId.FIRST, nextXid, Instant.EPOCH, 3, 0));
    }

    private WalRecord created(int xid, int number) {
        return record(xid, new WalEntry.FileCreated(file(number), 0));
    }

    private WalRecord end(Kind kind, int xid, List<Integer> subxids, List<Integer> files, List<Integer> relations) {
        return record(
                xid,
                new WalEntry.TransactionEnd(
                        kind,
                        xid,
                        Instant.EPOCH,
                        subxids,
                        files.stream().map(RelationChangesTest::file).toList(),
                        relations,
                        null,
                        DATABASE,
                        List.of(),
                        null));
    }

    private WalRecord commit(int xid, List<Integer> files, List<Integer> relations) {
        return end(Kind.COMMIT, xid, List.of(), files, relations);
    }

    private static RelationFile file(int number) {
        return new RelationFile(1663, DATABASE, number);
    }

    private static RelationNames names(int oid, int number) {
        return new RelationNames(
                Map.of(DATABASE, "shop"),
                List.of(new RelationName("shop", "public", "t", 'r', DATABASE, oid, file(number))));
    }

    private static List<String> words(List<Removal> removals) {
        return removals.stream()
                .map(removal -> removal.what().words() + " " + removal)
                .toList();
    }

    @Test
    void aDropIsSureIfTheTransactionWasSeenFromItsBeginning() {
        RelationChanges changes = new RelationChanges(RelationNames.NONE, 17);

        assertThat(words(changes.accept(commit(99, List.of(16384), List.of(16384)))))
                .as("before any checkpoint")
                .containsExactly("dropped, truncated or rewritten relation 5/16384");
        changes.accept(checkpoint(100));
        assertThat(words(changes.accept(commit(98, List.of(16385), List.of(16385)))))
                .as("it ran already at the checkpoint")
                .containsExactly("dropped, truncated or rewritten relation 5/16385");
        assertThat(words(changes.accept(commit(100, List.of(16386), List.of(16386)))))
                .containsExactly("dropped relation 5/16386");
        changes.begin(new Lsn(0x5000)); // behind a gap
        assertThat(words(changes.accept(commit(101, List.of(16387), List.of(16387)))))
                .containsExactly("dropped, truncated or rewritten relation 5/16387");
    }

    @Test
    void aNameFromBeforeMakesADropSureInAnyCase() {
        RelationChanges changes = new RelationChanges(names(16384, 16999), 17);

        assertThat(words(changes.accept(commit(99, List.of(16999), List.of(16384)))))
                .containsExactly("dropped shop.public.t");
    }

    @Test
    void aTransientTableShowsARewriteAndTheNewFileKeepsTheName() {
        RelationChanges changes = new RelationChanges(names(16384, 16384), 17);
        changes.accept(checkpoint(100));
        changes.accept(created(100, 16500));

        assertThat(words(changes.accept(commit(100, List.of(16384), List.of(16500)))))
                .containsExactly("rewritten shop.public.t");
        changes.accept(created(101, 16501));
        assertThat(words(changes.accept(commit(101, List.of(16500), List.of()))))
                .containsExactly("truncated shop.public.t");
        assertThat(words(changes.accept(commit(102, List.of(16501), List.of(16384)))))
                .containsExactly("dropped shop.public.t");
    }

    @Test
    void whatASubtransactionCreatedIsItsParents() {
        RelationChanges changes = new RelationChanges(RelationNames.NONE, 17);
        changes.accept(checkpoint(100));
        changes.accept(created(101, 16500));

        assertThat(words(changes.accept(end(Kind.COMMIT, 100, List.of(101), List.of(16384), List.of()))))
                .containsExactly("truncated or rewritten relation 5/16384");
    }

    @Test
    void anAbortTakesNothingAway() {
        RelationChanges changes = new RelationChanges(RelationNames.NONE, 17);
        changes.accept(checkpoint(100));
        changes.accept(created(100, 16500));

        assertThat(changes.accept(end(Kind.ABORT, 100, List.of(), List.of(16500), List.of(16500))))
                .isEmpty();
        assertThat(words(changes.accept(commit(101, List.of(16501), List.of(16501)))))
                .containsExactly("dropped relation 5/16501");
    }

    @Test
    void before15ANewFileLeavesItOpen() {
        RelationChanges changes = new RelationChanges(names(16384, 16384), 14);
        changes.accept(checkpoint(100));
        changes.accept(created(100, 16500));

        assertThat(words(changes.accept(commit(100, List.of(16384), List.of()))))
                .containsExactly("dropped, truncated or rewritten shop.public.t");
        assertThat(words(changes.accept(commit(101, List.of(16384), List.of()))))
                .containsExactly("dropped shop.public.t");
    }
}
