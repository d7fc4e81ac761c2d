package dev.pitrproof.html;

import dev.pitrproof.html.Lens.Node;
import dev.pitrproof.prose.Aim.Stop;
import java.util.ArrayList;
import java.util.List;

/** Draws the surroundings of the target: side by side where there is room, else one below the other. */
final class LensDrawing {

    private static final double TITLE = 15;
    private static final double TEXT = 12;
    private static final double VALUE = 11;
    private static final double LINE = 16;
    private static final int TEXT_LINES = 2;

    private final Canvas canvas;
    private final Lens lens;
    private final double width;

    LensDrawing(Canvas canvas, Lens lens, double width) {
        this.canvas = canvas;
        this.lens = lens;
        this.width = width;
    }

    /** Draws with the columns beside each other, from {@code top} down. Returns the height. */
    double beside(double top) {
        List<Node> nodes = lens.nodes();
        double column = width / nodes.size();
        double axis = top + 92;
        double height = 92
                + 42
                + LINE
                        * nodes.stream()
                                .mapToInt(node -> node.values().size())
                                .max()
                                .orElse(0);
        background(top, height, column);
        for (int i = 0; i < nodes.size(); i++) {
            Node node = nodes.get(i);
            double x = column * (i + 0.5);
            canvas.sans("title " + node.kind(), TITLE, x, top + 28, "middle", node.title(), null);
            List<String> lines = wrapped(node.text(), column - 14);
            for (int line = 0; line < lines.size(); line++) {
                canvas.sans("text", TEXT, x, top + 46 + line * LINE, "middle", lines.get(line), node.text());
            }
            canvas.path("glyph " + node.kind(), glyph(node, x, axis));
            for (int value = 0; value < node.values().size(); value++) {
                canvas.mono(
                        "value",
                        VALUE,
                        x,
                        axis + 26 + value * LINE,
                        "middle",
                        node.values().get(value));
            }
        }
        return height;
    }

    private void background(double top, double height, double column) {
        double axis = top + 92;
        double target = position("target", column);
        double back = backUpTo(column);
        canvas.rectangle("lens", 0, top, width, height);
        if (back > 0) {
            canvas.rectangle("back", 0, top, Math.min(back, target < 0 ? back : target), height);
            if (target >= 0 && back > target) {
                canvas.rectangle("beyond", target, top, back - target, height);
            }
            canvas.line("replayed", 0, axis, back, axis);
        }
        canvas.line("unreplayed", back, axis, width, axis);
        if (lens.stop() == Stop.NOWHERE && index("gap") >= 0) {
            canvas.line("readable", 0, axis, position("gap", column), axis);
        }
        double words = top + height - 9;
        if (back > 0) {
            canvas.sans("zone", TEXT, 12, words, "start", replayed(), null);
            if (target >= 0 && back > target) {
                canvas.sans("zone server", TEXT, target + 12, words, "start", "replayed, though it is after T", null);
            }
        } else {
            canvas.sans("zone", TEXT, 12, words, "start", "nothing was replayed", null);
        }
        if (back > 0 && back < width - TextWidth.sans("not replayed", TEXT) - 24) {
            canvas.sans("zone", TEXT, width - 12, words, "end", "not replayed", null);
        }
        if (target >= 0) {
            canvas.line("target", target, top + 74, target, axis + 12);
            canvas.line("target", target, top, target, top + 10);
        }
    }

    private String replayed() {
        int accident = index("accident");
        boolean too = accident >= 0 && accident < Math.min(stopIndex(), index("target"));
        return too ? "replayed, the accident too" : "replayed, so it is back";
    }

    /** Draws the nodes below each other, from {@code top} down. Returns the height. */
    double stacked(double top) {
        double axis = 16;
        double left = 36;
        List<Double> tops = new ArrayList<>();
        double y = top + 12;
        for (Node node : lens.nodes()) {
            tops.add(y);
            y += 18
                    + LINE
                            * (wrapped(node.text(), width - left - 10).size()
                                    + rows(node).size())
                    + 10;
        }
        double height = y - top;
        canvas.rectangle("lens", 0, top, width, height);
        double stop = stopIndex() < 0 ? top : tops.get(stopIndex()) + 10;
        double target = index("target") < 0 ? stop : tops.get(index("target")) + 10;
        double back = lens.stop() == Stop.EXACT || lens.stop() == Stop.UNKNOWN ? target : stop;
        if (lens.stop() != Stop.NOWHERE) {
            canvas.rectangle("back", 0, top, width, Math.min(back, target) - top);
            canvas.rectangle("beyond", 0, target, width, back - target);
            canvas.line("replayed", axis, top, axis, back);
            canvas.line("unreplayed", axis, back, axis, top + height);
        } else {
            canvas.line("unreplayed", axis, top, axis, top + height);
            if (index("gap") >= 0) {
                canvas.line("readable", axis, top, axis, tops.get(index("gap")) + 10);
            }
        }
        for (int i = 0; i < lens.nodes().size(); i++) {
            stackedNode(lens.nodes().get(i), axis, left, tops.get(i));
        }
        return height;
    }

    private void stackedNode(Node node, double axis, double left, double top) {
        if (node.kind().equals("target")) {
            canvas.line("target", 0, top + 10, left - 8, top + 10);
        }
        canvas.path("glyph " + node.kind(), glyph(node, axis, top + 10));
        canvas.sans("title " + node.kind(), TITLE, left, top + 15, "start", node.title(), null);
        double y = top + 15;
        for (String line : wrapped(node.text(), width - left - 10)) {
            y += LINE;
            canvas.sans("text", TEXT, left, y, "start", line, node.text());
        }
        for (String row : rows(node)) {
            y += LINE;
            canvas.mono("value", VALUE, left, y, "start", row);
        }
    }

    /** Values two to a line where they fit. */
    private List<String> rows(Node node) {
        List<String> rows = new ArrayList<>();
        for (String value : node.values()) {
            int last = rows.size() - 1;
            String joined = last < 0 ? value : rows.get(last) + "   " + value;
            if (last >= 0 && TextWidth.mono(joined, VALUE) <= width - 50) {
                rows.set(last, joined);
            } else {
                rows.add(value);
            }
        }
        return rows;
    }

    private double backUpTo(double column) {
        return switch (lens.stop()) {
            case NOWHERE -> 0;
            case EXACT, UNKNOWN -> Math.max(0, position("target", column));
            case EARLY, LATE -> position("server", column);
        };
    }

    private int stopIndex() {
        return switch (lens.stop()) {
            case NOWHERE -> -1;
            case EXACT, UNKNOWN -> index("target");
            case EARLY, LATE -> index("server");
        };
    }

    private double position(String kind, double column) {
        int index = index(kind);
        return index < 0 ? -1 : column * (index + 0.5);
    }

    private int index(String kind) {
        for (int i = 0; i < lens.nodes().size(); i++) {
            if (lens.nodes().get(i).kind().equals(kind)) {
                return i;
            }
        }
        return -1;
    }

    private static String glyph(Node node, double x, double y) {
        return switch (node.kind()) {
            case "applied" -> Glyph.circle(x, y, 7);
            case "not-applied" -> Glyph.circle(x, y, 7);
            case "target" -> Glyph.diamond(x, y, 7);
            case "server" -> Glyph.square(x, y, 6);
            case "gap" -> Glyph.cross(x, y, 6);
            default -> Glyph.moment(node.kind(), x, y, 6);
        };
    }

    /** At most two lines; what does not fit then is cut off with an ellipsis. */
    private static List<String> wrapped(String text, double widthMax) {
        List<String> lines = new ArrayList<>();
        for (String part : text.strip().split("\n", TEXT_LINES)) {
            String rest = part.strip().replaceAll("\\s+", " ");
            int end = fitting(rest, widthMax);
            if (end < rest.length() && lines.isEmpty() && !text.contains("\n")) {
                lines.add(rest.substring(0, end).strip());
                rest = rest.substring(end).strip();
            }
            lines.add(TextWidth.fitted(rest, TEXT, widthMax));
        }
        return lines;
    }

    /** How much of the text fits in one line, up to a space; all of it when there is none in the right place. */
    private static int fitting(String text, double widthMax) {
        int end = text.length();
        while (end > 0 && TextWidth.sans(text.substring(0, end), TEXT) > widthMax) {
            end = text.lastIndexOf(' ', end - 1);
        }
        return end <= 0 ? text.length() : end;
    }
}
