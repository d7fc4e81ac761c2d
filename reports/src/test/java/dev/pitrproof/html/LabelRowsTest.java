package dev.pitrproof.html;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pitrproof.html.LabelRows.Place;
import dev.pitrproof.html.LabelRows.Wish;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LabelRowsTest {

    private static final double WIDTH = 1000;

    @Test
    void oneMinuteOfFourteenHoursIsEnough() {
        List<Place> places =
                LabelRows.place(List.of(new Wish(990, 150), new Wish(991.2, 180), new Wish(992.4, 120)), WIDTH);

        assertApart(places);
        assertThat(places).extracting(Place::row).containsExactlyInAnyOrder(0, 1, 2);
    }

    @Test
    void labelsOfOneMomentAreStacked() {
        List<Place> places =
                LabelRows.place(List.of(new Wish(500, 300), new Wish(500, 300), new Wish(500, 300)), WIDTH);

        assertApart(places);
    }

    @Test
    void labelsFarApartShareARow() {
        List<Place> places = LabelRows.place(List.of(new Wish(0, 100), new Wish(400, 100), new Wish(990, 100)), WIDTH);

        assertApart(places);
        assertThat(places).extracting(Place::row).containsOnly(0);
    }

    @Test
    void anyCrowdIsKeptApart() {
        Random random = new Random(42);
        for (int crowd = 0; crowd < 200; crowd++) {
            List<Wish> wishes = new ArrayList<>();
            for (int i = 0; i < 14; i++) {
                wishes.add(new Wish(random.nextDouble() * WIDTH, 40 + random.nextDouble() * 400));
            }
            assertApart(LabelRows.place(wishes, WIDTH));
        }
    }

    private static void assertApart(List<Place> places) {
        for (Place one : places) {
            assertThat(one.left()).isGreaterThanOrEqualTo(0);
            assertThat(one.right()).isLessThanOrEqualTo(WIDTH);
        }
        for (int i = 0; i < places.size(); i++) {
            for (int k = 0; k < i; k++) {
                assertThat(box(places.get(i)).overlaps(box(places.get(k))))
                        .as("%s and %s", places.get(i), places.get(k))
                        .isFalse();
            }
        }
    }

    private static Box box(Place place) {
        return new Box(
                place.left(), place.row() * LabelRows.ROW_HEIGHT, place.wish().width(), LabelRows.ROW_HEIGHT);
    }
}
