package dev.pitrproof.html;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.evidence.Claim;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.SampleChanges;
import dev.pitrproof.evidence.Samples;
import dev.pitrproof.evidence.Story;
import dev.pitrproof.evidence.Story.Moment;
import dev.pitrproof.html.Canvas.Rectangle;
import dev.pitrproof.html.Canvas.Text;
import dev.pitrproof.prose.Aim;
import dev.pitrproof.prose.Prose;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoryPictureTest {

    @ParameterizedTest
    @ValueSource(strings = {"dropped-table-1", "dropped-table-2", "missing-wal-1", "stopped-late"})
    void textsDoNotOverlapAndStayInside(String sample) throws IOException {
        Evidence evidence = Samples.read(sample);

        assertReadable(StoryPicture.wide(evidence));
        assertReadable(StoryPicture.narrow(evidence));
    }

    @Test
    void crowdOfLongStatementsInOneMinuteStaysReadable() throws IOException {
        Evidence evidence = Samples.read("dropped-table-1");
        List<Moment> moments = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            String statement = "UPDATE accounts SET balance = balance * 1.01 WHERE id % 30 = " + i;
            moments.add(new Moment(i < 15 ? "13:59" : "14:00", null, null, i % 3 == 0 ? "accident" : "sql", statement));
        }
        Evidence crowded = SampleChanges.withStory(evidence, new Story("00:00", "14:05", moments, List.of()));

        assertReadable(StoryPicture.wide(crowded));
        assertReadable(StoryPicture.narrow(crowded));
    }

    @Test
    void accidentLiesBehindTheTargetThatComesBefore() throws IOException {
        assertThat(order("dropped-table-1")).containsExactly("00:00", "A", "T", "N", "14:00");
    }

    @Test
    void accidentLiesBeforeTheTargetThatIsTooLate() throws IOException {
        assertThat(order("dropped-table-2")).containsExactly("00:00", "13:59", "14:00", "A", "T", "N");
    }

    @Test
    void serverThatRanOnIsShownWhereItStopped() throws IOException {
        assertThat(order("stopped-late")).containsExactly("00:00", "A", "T", "N", "14:00", "stopped here");
        assertThat(texts(StoryPicture.wide(Samples.read("stopped-late")))).contains("replayed, though it is after T");
    }

    @Test
    void gapIsShownBetweenWhatIsReadableAndTheTarget() throws IOException {
        assertThat(order("missing-wal-1")).containsExactly("00:00", "gap", "08:00", "T", "14:05");
        assertThat(texts(StoryPicture.wide(Samples.read("missing-wal-1"))))
                .contains("nothing was replayed")
                .doesNotContain("commits up to T");
    }

    /** An archive that is whole ends somewhere, and that may be behind a target that nothing follows. */
    @Test
    void endOfAWholeArchiveIsNoGapAndStandsWhereItIs() throws IOException {
        Evidence evidence = Samples.read("missing-wal-1");
        List<Claim> whole = evidence.claims().stream()
                .map(claim -> new Claim(
                        claim.claim(),
                        claim.verdict(),
                        claim.code().equals("WAL_GAP") ? "AFTER_LAST_COMMIT" : claim.code(),
                        claim.expected(),
                        claim.found(),
                        claim.hint(),
                        claim.witnesses()))
                .toList();
        Evidence ended = SampleChanges.withClaims(evidence, whole);

        assertThat(Lens.of(Aim.of(ended)).nodes())
                .extracting(Lens.Node::title)
                .contains("end")
                .doesNotContain("gap");
        Evidence behind = SampleChanges.readableThrough(ended, "FFFF/FFFFFFFF");
        assertThat(Lens.of(Aim.of(behind)).nodes()).extracting(Lens.Node::title).containsSubsequence("T", "end");
        assertThat(Prose.noEdge(Aim.of(behind))).contains("no transaction behind the target shows");
    }

    @Test
    void whatLeadsToTheTargetIsBehindTheLegend() throws IOException {
        Canvas canvas = StoryPicture.wide(Samples.read("dropped-table-1")).canvas();

        assertThat(canvas.backdrop()).extracting(Canvas.Path::kind).containsExactly("funnel");
        assertThat(canvas.paths()).extracting(Canvas.Path::kind).doesNotContain("funnel");
    }

    @Test
    void refusedStatementsLookDifferent() throws IOException {
        assertThat(StoryPicture.wide(Samples.read("dropped-table-1")).canvas().rectangles())
                .extracting(Rectangle::kind)
                .contains("commits back-bar", "commits", "refused");
    }

    @ParameterizedTest
    @ValueSource(strings = {"environment", "minimal"})
    void nothingIsDrawnOfNothing(String sample) throws IOException {
        assertThat(StoryPicture.wide(Samples.read(sample)).isEmpty()).isTrue();
    }

    @Test
    void unreadableStoryClockLeavesTheSurroundingsOfTheTarget() throws IOException {
        Evidence evidence = SampleChanges.withStory(
                Samples.read("dropped-table-1"), new Story("dawn", "dusk", List.of(), List.of()));

        assertThat(texts(StoryPicture.wide(evidence))).contains("A", "T", "N");
    }

    @Test
    void drillWithoutStoryShowsTheSurroundingsOfTheTarget() throws IOException {
        StoryPicture picture = StoryPicture.wide(SampleChanges.withStory(Samples.read("dropped-table-1"), null));

        assertReadable(picture);
        assertThat(texts(picture)).contains("A", "T", "N", "replayed, so it is back");
    }

    private static List<String> order(String sample) throws IOException {
        return Lens.of(Aim.of(Samples.read(sample))).nodes().stream()
                .map(Lens.Node::title)
                .toList();
    }

    private static List<String> texts(StoryPicture picture) {
        return picture.canvas().texts().stream().map(Text::text).toList();
    }

    private static void assertReadable(StoryPicture picture) {
        List<Text> texts = picture.canvas().texts();
        assertThat(texts).isNotEmpty();
        for (int i = 0; i < texts.size(); i++) {
            Box box = texts.get(i).box();
            assertThat(box.x()).as("left of %s", texts.get(i)).isGreaterThanOrEqualTo(-0.1);
            assertThat(box.right()).as("right of %s", texts.get(i)).isLessThanOrEqualTo(picture.width() + 0.1);
            assertThat(box.bottom()).as("bottom of %s", texts.get(i)).isLessThanOrEqualTo(picture.height());
            for (int k = 0; k < i; k++) {
                assertThat(box.overlaps(texts.get(k).box()))
                        .as("%s and %s", texts.get(i), texts.get(k))
                        .isFalse();
            }
        }
    }
}
