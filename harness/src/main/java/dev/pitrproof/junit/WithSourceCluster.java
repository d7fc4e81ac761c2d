package dev.pitrproof.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives each test that has a parameter of the type {@link dev.pitrproof.drill.SourceCluster} a cluster of its own, which
 * is removed after the test with all that was restored from it.
 *
 * <pre>{@code
 * @WithSourceCluster
 * class RestoreTest {
 *     @Test
 *     void theTableIsBack(SourceCluster source) throws Exception {
 *         source.execute("CREATE TABLE accounts (id int)");
 *         source.takeBaseBackup("nightly");
 *         source.execute("INSERT INTO accounts VALUES (1)"); // without a commit behind it there is nothing to prove
 *         QuietMoment lastGood = source.quietMoment();
 *         source.execute("DROP TABLE accounts");
 *
 *         assertThat(source.restoreTo(lastGood)).isProven().hasTable("accounts");
 *     }
 * }
 * }</pre>
 *
 * <p>The configuration parameters {@code pitrproof.postgres}, {@code pitrproof.sandbox} and {@code pitrproof.pg-bin} say
 * what it runs on, as for {@link PitrproofTestEngine}.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@ExtendWith(SourceClusterExtension.class)
public @interface WithSourceCluster {

    /** The PostgreSQL major version; 0 for the first that {@code pitrproof.postgres} names, or else the newest. */
    int postgres() default 0;

    /** Server settings beyond pitrproof's own, each as {@code name=value}. */
    String[] parameters() default {};
}
