package dev.pitrproof.html;

import dev.pitrproof.evidence.Archive;
import dev.pitrproof.evidence.Backup;
import dev.pitrproof.evidence.Story;
import dev.pitrproof.evidence.Story.CommitBucket;
import dev.pitrproof.evidence.Story.Moment;
import dev.pitrproof.html.LabelRows.Place;
import dev.pitrproof.html.LabelRows.Wish;
import dev.pitrproof.prose.Aim;
import dev.pitrproof.prose.Positions;
import dev.pitrproof.prose.StoryClock;
import dev.pitrproof.prose.Wording;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Draws the whole story on its own clock: labels in rows, the commits as a density strip, the WAL lane, the hours. */
final class StripDrawing {

    private static final double MARGIN = 8;
    private static final double STRIP = 52;
    private static final double LABEL = 12.5;
    private static final double TICK = 11;
    private static final int LABELS_MAX = 12;
    private static final int LABELS_MAX_NARROW = 8;
    private static final double WINDOW_MIN = 6;
    private static final int[] STEPS = {
        60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800
    };

    private final Canvas canvas;
    private final Aim aim;
    private final Story story;
    private final double width;
    private final int from;
    private final int to;

    private StripDrawing(Canvas canvas, Aim aim, Story story, double width, int from, int to) {
        this.canvas = canvas;
        this.aim = aim;
        this.story = story;
        this.width = width;
        this.from = from;
        this.to = to;
    }

    /**
     * Where the drawing ends, and where the target is in it.
     *
     * @param window whether it shows when the backup was taken
     * @param unlabelled how many moments have a tick only
     */
    record Drawn(double height, double axis, double target, boolean window, int unlabelled) {

        /** Of a story that cannot be drawn. */
        static final Drawn NOTHING = new Drawn(0, 0, -1, false, 0);
    }

    private record Label(String kind, String time, String text, String full, double x) {
        double width() {
            return TextWidth.mono(time + " ", LABEL) + TextWidth.sans(text, LABEL);
        }
    }

    /** Draws from the top of the canvas down; nothing is drawn when the story's clock cannot be read. */
    static Drawn draw(Canvas canvas, Aim aim, Story story, double width) {
        OptionalInt from = StoryClock.seconds(story.from());
        OptionalInt to = StoryClock.seconds(story.to());
        if (from.isEmpty() || to.isEmpty() || to.getAsInt() <= from.getAsInt()) {
            return Drawn.NOTHING;
        }
        return new StripDrawing(canvas, aim, story, width, from.getAsInt(), to.getAsInt()).draw();
    }

    private Drawn draw() {
        List<Label> all = labels();
        int most = width == StoryPicture.WIDE ? LABELS_MAX : LABELS_MAX_NARROW;
        List<Label> labels = all.stream().sorted(this::byWeight).limit(most).toList();
        List<Place> places = LabelRows.place(
                labels.stream().map(label -> new Wish(label.x(), label.width())).toList(), width);
        int rows = places.stream().mapToInt(Place::row).max().orElse(-1) + 1;
        double top = rows * LabelRows.ROW_HEIGHT + 16;
        double axis = top + STRIP;
        double target = targetX();
        canvas.rectangle("strip", MARGIN, top, width - 2 * MARGIN, STRIP);
        boolean window = window(top);
        bars(top);
        walLane(axis, target);
        for (int i = 0; i < labels.size(); i++) {
            label(labels.get(i), places.get(i), top, axis);
        }
        for (Label label : all) {
            if (!labels.contains(label)) {
                canvas.line("leader", label.x(), top - 7, label.x(), top);
            }
        }
        ticks(axis + 10);
        double height = axis + 34 + serverClock(axis + 37);
        return new Drawn(height, axis + 8, target, window, all.size() - labels.size());
    }

    /** What a reader looks for first: the target, what went wrong, the way back; of the same kind what is near. */
    private int byWeight(Label one, Label other) {
        int weight = Integer.compare(weight(one.kind()), weight(other.kind()));
        double target = targetX();
        return weight != 0 ? weight : Double.compare(Math.abs(one.x() - target), Math.abs(other.x() - target));
    }

    private static int weight(String kind) {
        return switch (kind) {
            case "target" -> 0;
            case "accident", "sabotage" -> 1;
            case "base-backup", "logical-backup", "promotion" -> 2;
            case "mark" -> 3;
            default -> 4;
        };
    }

    /** Shades the time in which the backup that was restored had been taken; says whether that is known. */
    private boolean window(double top) {
        Backup backup = aim.evidence().backup();
        if (backup == null || backup.seconds() <= 0) {
            return false;
        }
        for (Moment moment : aim.nearest("base-backup")) {
            Instant begin = moment.serverTime();
            if (begin != null && moment.text().contains(backup.label())) {
                double left = StoryClock.seconds(moment.storyTime()).stream()
                        .mapToDouble(this::x)
                        .findFirst()
                        .orElse(MARGIN);
                double right = x(begin.plusNanos((long) (backup.seconds() * 1e9)), left);
                canvas.rectangle("window", left, top, Math.max(WINDOW_MIN, right - left), STRIP);
                return true;
            }
        }
        return false;
    }

    /** Where an instant of the server's clock lies, by the buckets of the commits, which know both clocks. */
    private double x(Instant instant, double unknown) {
        for (int i = 0; i < story.commits().size(); i++) {
            CommitBucket bucket = story.commits().get(i);
            if (!instant.isBefore(bucket.from()) && instant.isBefore(bucket.to())) {
                double left = x(StoryClock.seconds(bucket.storyTime()).orElse(from));
                double right = x(StoryClock.seconds(next(i)).orElse(to));
                double whole =
                        Math.max(1, Duration.between(bucket.from(), bucket.to()).toNanos());
                return left
                        + (right - left)
                                * Duration.between(bucket.from(), instant).toNanos()
                                / whole;
            }
        }
        return unknown;
    }

    private String next(int bucket) {
        return bucket + 1 < story.commits().size()
                ? story.commits().get(bucket + 1).storyTime()
                : story.to();
    }

    /** What the server's clock said at both ends of the story. Returns the height. */
    private double serverClock(double top) {
        if (story.commits().isEmpty()) {
            return 0;
        }
        Instant first = story.commits().get(0).from();
        Instant last = story.commits().get(story.commits().size() - 1).to();
        canvas.sans("caption", TICK, 0, top + 8, "start", "server’s clock: " + second(first), null);
        canvas.sans("caption", TICK, width, top + 8, "end", second(last) + " UTC", null);
        return 16;
    }

    private static String second(Instant instant) {
        return Wording.time(instant).substring(0, "HH:mm:ss".length());
    }

    private List<Label> labels() {
        List<Label> labels = new ArrayList<>();
        double textMax = Math.min(300, width * 0.62);
        if (targetX() >= 0 && aim.target() != null && aim.target().storyTime() != null) {
            labels.add(new Label("target", aim.target().storyTime(), "T, the target", "T, the target", targetX()));
        }
        for (Moment moment : story.moments()) {
            OptionalInt at = StoryClock.seconds(moment.storyTime());
            boolean shown = !moment.kind().equals("workload") && !moment.kind().equals("target");
            if (shown && at.isPresent()) {
                String name =
                        switch (moment.kind()) {
                            case "base-backup" -> "base backup " + moment.text();
                            case "logical-backup" -> "dump " + moment.text();
                            case "mark" -> "mark " + moment.text();
                            default -> moment.text();
                        };
                labels.add(new Label(
                        moment.kind(),
                        moment.storyTime(),
                        TextWidth.fitted(name, LABEL, textMax),
                        name,
                        x(at.getAsInt())));
            }
        }
        return labels;
    }

    private void label(Label label, Place place, double top, double axis) {
        double baseline = top - 14 - place.row() * LabelRows.ROW_HEIGHT;
        boolean target = label.kind().equals("target");
        double down = target ? axis + 8 : top;
        canvas.line(target ? "target" : "leader", label.x(), baseline - 4, label.x(), down);
        // beside its label, not on the axis: there, moments a minute apart would cover each other
        String glyph = target
                ? Glyph.diamond(label.x(), baseline - 4, 5)
                : Glyph.moment(label.kind(), label.x(), baseline - 4, 4.2);
        canvas.path("glyph " + label.kind(), glyph);
        boolean before = place.beforeLeader();
        canvas.led(
                "label " + label.kind(),
                LABEL,
                before ? place.right() : place.left(),
                baseline,
                before ? "end" : "start",
                label.time(),
                label.text(),
                label.full());
    }

    private void bars(double top) {
        int highest = 1;
        for (CommitBucket bucket : story.commits()) {
            highest = Math.max(highest, bucket.commits() + bucket.refused());
        }
        for (int i = 0; i < story.commits().size(); i++) {
            CommitBucket bucket = story.commits().get(i);
            OptionalInt begin = StoryClock.seconds(bucket.storyTime());
            if (begin.isEmpty()) {
                continue;
            }
            double left = x(begin.getAsInt());
            double right = Math.max(left + 1, x(StoryClock.seconds(next(i)).orElse(to)));
            double bar = right - left - (right - left > 4 ? 1 : 0);
            double unit = (STRIP - 8) / highest;
            double commits = bucket.commits() * unit;
            double refused = bucket.refused() * unit;
            double bottom = top + STRIP;
            if (bucket.commits() > 0) {
                double back = Math.max(0, Math.min(bar, backThrough(bucket, left, right) - left));
                canvas.rectangle("commits", left + back, bottom - commits, bar - back, commits);
                canvas.rectangle("commits back-bar", left, bottom - commits, back, commits);
            }
            if (bucket.refused() > 0) {
                canvas.rectangle("refused", left, bottom - commits - refused, bar, refused);
            }
        }
    }

    /** Up to where in the picture the bucket's commits were restored; the bucket that holds the target is divided. */
    private double backThrough(CommitBucket bucket, double left, double right) {
        if (!aim.restored()) {
            return left;
        }
        if (aim.time() == null) {
            return targetX() < 0 ? right : targetX();
        }
        double whole = Math.max(1, Duration.between(bucket.from(), bucket.to()).toNanos());
        double part = Duration.between(bucket.from(), aim.time()).toNanos() / whole;
        return left + (right - left) * part;
    }

    /** How far recovery can go, or went: solid where the WAL was replayed, broken where it cannot be read. */
    private void walLane(double axis, double target) {
        double lane = axis + 5;
        double start = aim.nearest("base-backup").stream()
                .map(moment -> x(StoryClock.seconds(moment.storyTime()).orElse(from)))
                .reduce((first, second) -> second)
                .orElse(MARGIN);
        double end = target < 0 ? width - MARGIN : target;
        double gap = gapX();
        if (gap >= 0) {
            canvas.line("unreplayed", MARGIN, lane, width - MARGIN, lane);
            canvas.line("readable", start, lane, gap, lane);
            canvas.path("glyph gap", Glyph.cross(Math.min(gap + 5, width - MARGIN), lane, 4));
        } else {
            canvas.line("unreplayed", MARGIN, lane, width - MARGIN, lane);
            if (aim.restored()) {
                canvas.line("replayed", start, lane, end, lane);
            }
        }
    }

    /** Where on the story's clock the readable WAL ends, between the two moments whose positions enclose it; or -1. */
    private double gapX() {
        Archive archive = aim.evidence().archive();
        OptionalLong through = Positions.offset(archive == null ? null : archive.readableThroughLsn());
        if (through.isEmpty()) {
            return -1;
        }
        double x = MARGIN;
        long position = Long.MIN_VALUE;
        for (Moment moment : story.moments()) {
            OptionalLong offset = Positions.offset(moment.lsn());
            OptionalInt at = StoryClock.seconds(moment.storyTime());
            if (offset.isEmpty() || at.isEmpty()) {
                continue;
            }
            if (offset.getAsLong() >= through.getAsLong()) {
                double span = offset.getAsLong() - (double) position;
                double part = position == Long.MIN_VALUE || span <= 0 ? 0 : (through.getAsLong() - position) / span;
                return x + (x(at.getAsInt()) - x) * part;
            }
            x = x(at.getAsInt());
            position = offset.getAsLong();
        }
        return x;
    }

    private void ticks(double top) {
        int step = STEPS[STEPS.length - 1];
        for (int candidate : STEPS) {
            String sample = StoryClock.text(to);
            if ((width - 2 * MARGIN) * candidate / (to - from) >= TextWidth.mono(sample, TICK) + 24) {
                step = candidate;
                break;
            }
        }
        for (int at = (from + step - 1) / step * step; at <= to; at += step) {
            double x = x(at);
            canvas.line("tick", x, top - 10, x, top);
            double half = TextWidth.mono(StoryClock.text(at), TICK) / 2;
            double left = Math.max(0, Math.min(x - half, width - 2 * half));
            canvas.mono("hour", TICK, left, top + 12, "start", StoryClock.text(at));
        }
    }

    private double targetX() {
        if (aim.target() == null || aim.target().storyTime() == null) {
            return -1;
        }
        OptionalInt at = StoryClock.seconds(aim.target().storyTime());
        return at.isEmpty() ? -1 : x(at.getAsInt());
    }

    private double x(int seconds) {
        double part = (double) (seconds - from) / (to - from);
        return MARGIN + Math.max(0, Math.min(1, part)) * (width - 2 * MARGIN);
    }
}
