package dev.pitrproof.html;

import dev.pitrproof.evidence.Archive;
import dev.pitrproof.evidence.Evidence;
import dev.pitrproof.evidence.Story;
import dev.pitrproof.html.StripDrawing.Drawn;
import dev.pitrproof.prose.Aim;
import dev.pitrproof.prose.Prose;
import dev.pitrproof.prose.Wording;
import java.util.ArrayList;
import java.util.List;

/**
 * The story of a drill as a picture: above, the whole story on its clock; below, the surroundings of the target in
 * order. What the evidence does not hold is left out; a picture of nothing has the height 0.
 *
 * @param title for readers who do not see it
 * @param description the same, at length
 */
public record StoryPicture(double width, double height, String title, String description, Canvas canvas) {

    /** The rules that turn it dark. */
    public static final String DARK_STYLE = Ink.darkStyle();

    /** What it is drawn on. */
    public static final String PAPER = Ink.PAPER.light();

    /** Between the lines of the hatching. */
    public static final String HATCH_GROUND = Ink.HARM_TINT.light();

    /** The lines of the hatching. */
    public static final String HATCH_LINE = Ink.HARM.light();

    /** The fonts of what a machine wrote. */
    public static final String MONO =
            "ui-monospace, 'SF Mono', SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace";

    static final double WIDE = 1040;
    static final double NARROW = 350;
    private static final double LEGEND = 11.5;

    /** The picture for pages with room for about 100 letters in a line. */
    public static StoryPicture wide(Evidence evidence) {
        return draw(evidence, WIDE);
    }

    /** The picture for telephones. */
    public static StoryPicture narrow(Evidence evidence) {
        return draw(evidence, NARROW);
    }

    /** SVG's viewBox with a margin on all sides. */
    public String viewBox(double margin) {
        return -margin + " " + -margin + " " + (width + 2 * margin) + " " + (height + 2 * margin);
    }

    public boolean isEmpty() {
        return height == 0;
    }

    private static StoryPicture draw(Evidence evidence, double width) {
        Canvas canvas = new Canvas();
        Aim aim = Aim.of(evidence);
        Story story = evidence.story();
        Drawn strip = story == null ? Drawn.NOTHING : StripDrawing.draw(canvas, aim, story, width);
        double y = strip.height();
        if (story != null && y > 0) {
            y = legend(canvas, entries(aim, story, strip), y + 6, width) + 8;
        }
        Lens lens = Lens.of(aim);
        if (!lens.nodes().isEmpty()) {
            if (strip.target() >= 0) {
                canvas.backdrop("funnel", funnel(strip, y + 20, width));
            }
            canvas.sans("caption", LEGEND, 0, y + 12, "start", "Around the target, in order, not to scale", null);
            LensDrawing drawing = new LensDrawing(canvas, lens, width);
            y += 20;
            y += width == WIDE ? drawing.beside(y) : drawing.stacked(y);
        }
        return new StoryPicture(
                width, Math.ceil(y), "The story of " + evidence.drill(), Prose.description(aim), canvas);
    }

    private static String funnel(Drawn strip, double bottom, double width) {
        double x = Canvas.round(strip.target());
        double top = Canvas.round(strip.axis());
        double low = Canvas.round(bottom);
        return "M" + x + " " + top + "L0 " + low + "H" + width + "Z";
    }

    private record Entry(String kind, String text) {}

    private static List<Entry> entries(Aim aim, Story story, Drawn strip) {
        List<Entry> entries = new ArrayList<>();
        if (strip.window()) {
            entries.add(new Entry("window", "the backup is taken"));
        }
        boolean commits = story.commits().stream().anyMatch(bucket -> bucket.commits() > 0);
        boolean refused = story.commits().stream().anyMatch(bucket -> bucket.refused() > 0);
        if (commits && aim.restored()) {
            entries.add(new Entry("commits back-bar", "commits up to T"));
            entries.add(new Entry("commits", "commits after T"));
        } else if (commits) {
            entries.add(new Entry("commits", "commits"));
        }
        Archive archive = aim.evidence().archive();
        if (archive != null && archive.readableThroughLsn() != null) {
            entries.add(new Entry("commits back-bar", "WAL can be read, up to the ×"));
        }
        if (refused) {
            entries.add(new Entry("refused", "refused by the server"));
        }
        if (strip.unlabelled() > 0) {
            entries.add(new Entry("", "| " + Wording.count(strip.unlabelled(), "more moment")));
        }
        return entries;
    }

    private static double legend(Canvas canvas, List<Entry> entries, double top, double width) {
        double x = 8;
        double y = top;
        for (Entry entry : entries) {
            double sample = entry.kind().isEmpty() ? 0 : 16;
            double needed = sample + TextWidth.sans(entry.text(), LEGEND) + 18;
            if (x + needed > width && x > 8) {
                x = 8;
                y += 18;
            }
            canvas.rectangle(entry.kind(), x, y, Math.min(sample, 10), 10);
            canvas.sans("legend", LEGEND, x + sample, y + 9.5, "start", entry.text(), null);
            x += needed;
        }
        return entries.isEmpty() ? top : y + 18;
    }
}
