package dev.pitrproof.html;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a picture is made of, from the back to the front: a backdrop, rectangles, paths, texts. */
public final class Canvas {

    private final List<Path> backdrop = new ArrayList<>();
    private final List<Rectangle> rectangles = new ArrayList<>();
    private final List<Path> paths = new ArrayList<>();
    private final List<Text> texts = new ArrayList<>();

    Canvas() {}

    /** A filled rectangle. */
    public record Rectangle(String kind, Box box) {
        /** Its attributes. */
        public Look look() {
            return Look.rectangle(kind);
        }
    }

    /** A line or a shape, in SVG's path language. */
    public record Path(String kind, String data) {
        /** Its attributes. */
        public Look look() {
            return Look.path(kind);
        }
    }

    /**
     * One line of text.
     *
     * @param size of the font
     * @param x where it is anchored
     * @param y its baseline
     * @param anchor {@code start}, {@code middle} or {@code end}
     * @param lead what stands before the text on the same line, in monospace; else null
     * @param tip the whole text when this one was shortened, else null
     * @param box the room it takes at most
     */
    public record Text(
            String kind,
            double size,
            double x,
            double y,
            String anchor,
            @Nullable String lead,
            String text,
            @Nullable String tip,
            Box box) {
        /** Its attributes. */
        public Look look() {
            return Look.text(kind);
        }

        /** Whether a machine wrote it. */
        public boolean mono() {
            return kind.startsWith("mono ");
        }
    }

    public List<Path> backdrop() {
        return backdrop;
    }

    public List<Rectangle> rectangles() {
        return rectangles;
    }

    public List<Path> paths() {
        return paths;
    }

    public List<Text> texts() {
        return texts;
    }

    void rectangle(String kind, double x, double y, double width, double height) {
        if (width > 0 && height > 0) {
            rectangles.add(new Rectangle(kind, new Box(round(x), round(y), round(width), round(height))));
        }
    }

    void line(String kind, double x1, double y1, double x2, double y2) {
        path(kind, "M" + round(x1) + " " + round(y1) + "L" + round(x2) + " " + round(y2));
    }

    void path(String kind, String data) {
        paths.add(new Path(kind, data));
    }

    void backdrop(String kind, String data) {
        backdrop.add(new Path(kind, data));
    }

    void sans(String kind, double size, double x, double y, String anchor, String text, @Nullable String tip) {
        text(kind, size, TextWidth.sans(text, size), x, y, anchor, null, text, tip);
    }

    /** A text with a value in monospace before it. */
    void led(String kind, double size, double x, double y, String anchor, String lead, String text, String tip) {
        double width = TextWidth.mono(lead + " ", size) + TextWidth.sans(text, size);
        text(kind, size, width, x, y, anchor, lead, text, tip.equals(text) ? null : tip);
    }

    void mono(String kind, double size, double x, double y, String anchor, String text) {
        text("mono " + kind, size, TextWidth.mono(text, size), x, y, anchor, null, text, null);
    }

    private void text(
            String kind,
            double size,
            double width,
            double x,
            double y,
            String anchor,
            @Nullable String lead,
            String text,
            @Nullable String tip) {
        double left =
                switch (anchor) {
                    case "middle" -> x - width / 2;
                    case "end" -> x - width;
                    default -> x;
                };
        Box box = new Box(round(left), round(y - 0.8 * size), round(width), round(size));
        texts.add(new Text(kind, size, round(x), round(y), anchor, lead, text, tip, box));
    }

    static double round(double length) {
        return Math.round(length * 10) / 10.0;
    }
}
