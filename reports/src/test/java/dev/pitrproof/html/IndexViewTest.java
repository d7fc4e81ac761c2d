package dev.pitrproof.html;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.EvidenceOnDisk;
import dev.pitrproof.evidence.Expectation;
import dev.pitrproof.evidence.SampleChanges;
import dev.pitrproof.evidence.Samples;
import dev.pitrproof.html.IndexView.Cell;
import dev.pitrproof.html.IndexView.Major;
import dev.pitrproof.html.IndexView.Row;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class IndexViewTest {

    @Test
    void drillsStandInRowsByRestoreAndInColumnsByMajor() throws IOException {
        IndexView view = view("orders-pg18-1", "orders-pg14-1", "orders-pg18-2", "orders-pg14-2");

        assertThat(view.majors()).extracting(Major::heading).containsExactly("14", "18");
        List<Row> rows = view.groups().get(0).rows();
        assertThat(rows).extracting(Row::name).containsExactly("orders-1", "orders-2");
        assertThat(rows.get(1).on(new Major(14))).extracting(Cell::name).containsExactly("orders-pg14-2");
        assertThat(rows.get(1).on(new Major(14))).extracting(Cell::href).containsExactly("drills/orders-pg14-2.html");
        assertThat(view.surprises()).isEmpty();
        assertThat(view.good()).isTrue();
    }

    @Test
    void columnsAreInTheOrderOfTheirNumbers() throws IOException {
        assertThat(view("orders-pg18-1", "orders-pg9-1", "orders-pg14-1").majors())
                .extracting(Major::number)
                .containsExactly(9, 14, 18);
    }

    /** 15 scenarios with twins on five majors. */
    @Test
    void hundredAndFiftyDrillsAreThirtyRows() throws IOException {
        List<String> names = new ArrayList<>();
        for (int scenario = 0; scenario < 15; scenario++) {
            for (int major = 14; major <= 18; major++) {
                names.add("s" + scenario + "-pg" + major + "-1");
                names.add("s" + scenario + "-pg" + major + "-2");
            }
        }

        IndexView view = view(names.toArray(String[]::new));

        assertThat(view.groups().stream().flatMap(group -> group.rows().stream()))
                .hasSize(30)
                .allSatisfy(row -> assertThat(row.cells()).hasSize(5));
    }

    @Test
    void whatWasNotExpectedIsNamedFirstAndMarkedInItsPlace() throws IOException {
        Evidence proven = SampleChanges.named(onNoServer(), "orders-pg14-1");
        Evidence surprise = SampleChanges.withOutcome(
                SampleChanges.named(onNoServer(), "orders-pg15-1"), Expectation.PROVEN, false);

        IndexView view = IndexView.of(List.of(new EvidenceOnDisk(proven, "a"), new EvidenceOnDisk(surprise, "b")));

        assertThat(view.good()).isFalse();
        assertThat(view.surprises()).extracting(IndexView.Unexpected::name).containsExactly("orders-pg15-1");
        Row row = view.groups().get(0).rows().get(0);
        assertThat(row.on(new Major(14))).extracting(Cell::asExpected).containsExactly(true);
        assertThat(row.on(new Major(15))).extracting(Cell::asExpected).containsExactly(false);
        assertThat(row.on(new Major(15)))
                .extracting(Cell::label)
                .containsExactly(surprise.verdict() + " not as expected: orders-pg15-1");
    }

    @Test
    void drillsOfOneNameShareAPlaceAndSayWhatTellsThemApart() throws IOException {
        Evidence drill = SampleChanges.named(onNoServer(), "orders-pg14-1");

        IndexView view = IndexView.of(
                EvidenceOnDisk.named(List.of(new EvidenceOnDisk(drill, "a"), new EvidenceOnDisk(drill, "b"))));

        assertThat(view.groups().get(0).rows().get(0).on(new Major(14)))
                .extracting(Cell::note)
                .containsExactly("(no sandbox, 1)", "(no sandbox, 2)");
    }

    private static IndexView view(String... names) throws IOException {
        List<EvidenceOnDisk> drills = new ArrayList<>();
        for (String name : names) {
            drills.add(new EvidenceOnDisk(SampleChanges.named(onNoServer(), name), name));
        }
        return IndexView.of(drills);
    }

    /** So that the drill's name tells the major version. */
    private static Evidence onNoServer() throws IOException {
        return SampleChanges.withoutServer(Samples.read("dropped-table-1"));
    }
}
