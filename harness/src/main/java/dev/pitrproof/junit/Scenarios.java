package dev.pitrproof.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a class that stands for scenarios, so that build tools which look for test classes, such as Surefire, run them.
 * The class itself stays empty; its name is what the reports call the scenarios' class.
 *
 * <pre>{@code
 * @Scenarios("src/test/scenarios")
 * class RecoveryScenariosTest {}
 * }</pre>
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Scenarios {

    /**
     * Scenario files, and directories whose {@code *.yaml} and {@code *.yml} files are scenarios; relative to the
     * working directory, which for Surefire is the module's. A path that leads to no scenario is a failing test.
     */
    String[] value();
}
