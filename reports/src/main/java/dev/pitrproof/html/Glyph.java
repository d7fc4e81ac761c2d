package dev.pitrproof.html;

import static dev.pitrproof.html.Canvas.round;

/** The shapes that stand for what happened, so that nothing is told by colour alone. */
final class Glyph {

    private Glyph() {}

    /** The path of a moment's shape around a point; the radius is half its size. */
    static String moment(String kind, double x, double y, double radius) {
        return switch (kind) {
            case "base-backup", "logical-backup" -> square(x, y, radius * 0.85);
            case "accident" -> cross(x, y, radius);
            case "sabotage" -> diamond(x, y, radius * 1.15);
            case "sql" -> triangle(x, y, radius);
            default -> circle(x, y, radius * 0.9);
        };
    }

    static String circle(double x, double y, double radius) {
        String arc = "a" + round(radius) + " " + round(radius) + " 0 1 1 ";
        return "M" + round(x - radius) + " " + round(y) + arc + round(2 * radius) + " 0" + arc + round(-2 * radius)
                + " 0z";
    }

    static String square(double x, double y, double radius) {
        double side = round(2 * radius);
        return "M" + round(x - radius) + " " + round(y - radius) + "h" + side + "v" + side + "h" + -side + "z";
    }

    static String diamond(double x, double y, double radius) {
        double step = round(radius);
        return "M" + round(x) + " " + round(y - radius) + "l" + step + " " + step + "l" + -step + " " + step + "l"
                + -step + " " + -step + "z";
    }

    static String triangle(double x, double y, double radius) {
        double step = round(radius);
        return "M" + round(x - radius) + " " + round(y + radius * 0.8) + "h" + 2 * step + "l" + -step + " "
                + round(-1.8 * radius) + "z";
    }

    static String cross(double x, double y, double radius) {
        double step = round(2 * radius);
        return "M" + round(x - radius) + " " + round(y - radius) + "l" + step + " " + step + "M" + round(x + radius)
                + " " + round(y - radius) + "l" + -step + " " + step;
    }
}
