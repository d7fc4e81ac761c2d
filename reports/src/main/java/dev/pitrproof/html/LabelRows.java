package dev.pitrproof.html;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Puts labels in rows above an axis so that no two overlap, however close together the points they name are. Each label
 * stands beside a vertical leader line that goes down to its point; leaders keep clear of other labels where they can.
 */
final class LabelRows {

    static final double ROW_HEIGHT = 20;
    private static final double BESIDE_LEADER = 9;
    private static final double BETWEEN = 10;
    private static final int ROWS_MAX = 40;

    private LabelRows() {}

    /** A label to be placed: the point it names and how wide its text is. */
    record Wish(double x, double width) {}

    /** Where a label went: the left edge of its text, and its row, 0 being the one next to the axis. */
    record Place(Wish wish, double left, int row) {
        double right() {
            return left + wish.width();
        }

        /** Whether the text ends at its leader, rather than beginning there. */
        boolean beforeLeader() {
            return left + wish.width() / 2 < wish.x();
        }

        boolean holds(double x) {
            return left - 2 < x && x < right() + 2;
        }
    }

    /** Places for all wishes, in the order of the wishes. */
    static List<Place> place(List<Wish> wishes, double width) {
        Comparator<Integer> byX = Comparator.comparingDouble(i -> wishes.get(i).x());
        List<Place> best = List.of();
        int least = Integer.MAX_VALUE;
        for (boolean textBeforeLeader : new boolean[] {false, true}) {
            List<Place> attempt = attempt(wishes, width, textBeforeLeader ? byX : byX.reversed(), textBeforeLeader);
            int cost = cost(attempt);
            if (cost < least) {
                best = attempt;
                least = cost;
            }
        }
        return best;
    }

    private static List<Place> attempt(
            List<Wish> wishes, double width, Comparator<Integer> order, boolean textBeforeLeader) {
        List<Integer> indexes = new ArrayList<>();
        for (int i = 0; i < wishes.size(); i++) {
            indexes.add(i);
        }
        indexes.sort(order);
        List<Place> placed = new ArrayList<>();
        Place[] result = new Place[wishes.size()];
        for (int index : indexes) {
            Place place = next(wishes.get(index), placed, width, textBeforeLeader);
            placed.add(place);
            result[index] = place;
        }
        return List.of(result);
    }

    private static Place next(Wish wish, List<Place> placed, double width, boolean textBeforeLeader) {
        double before = wish.x() - BESIDE_LEADER - wish.width();
        double after = wish.x() + BESIDE_LEADER;
        List<Double> lefts = textBeforeLeader ? List.of(before, after) : List.of(after, before);
        List<Double> inside = lefts.stream()
                .filter(left -> left >= 0 && left + wish.width() <= width)
                .toList();
        if (inside.isEmpty()) {
            inside = List.of(Math.max(0, Math.min(before, width - wish.width())));
        }
        Place fallback = new Place(wish, inside.get(0), ROWS_MAX);
        for (int row = 0; row < ROWS_MAX; row++) {
            for (double left : inside) {
                Place place = new Place(wish, left, row);
                if (placed.stream().noneMatch(other -> collide(place, other))) {
                    if (placed.stream().allMatch(other -> crossings(place, other) == 0)) {
                        return place;
                    }
                    fallback = fallback.row() == ROWS_MAX ? place : fallback;
                }
            }
        }
        return fallback;
    }

    private static boolean collide(Place one, Place other) {
        return one.row() == other.row() && one.left() < other.right() + BETWEEN && other.left() < one.right() + BETWEEN;
    }

    private static int crossings(Place one, Place other) {
        int crossings = 0;
        if (one.row() > other.row() && other.holds(one.wish().x())) {
            crossings++;
        }
        if (other.row() > one.row() && one.holds(other.wish().x())) {
            crossings++;
        }
        return crossings;
    }

    private static int cost(List<Place> places) {
        int crossings = 0;
        int rows = 0;
        for (Place one : places) {
            rows = Math.max(rows, one.row());
            for (Place other : places) {
                crossings += crossings(one, other);
            }
        }
        return crossings * 100 + rows;
    }
}
