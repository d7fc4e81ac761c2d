/**
 * Results for Allure, written by Allure's own Java API from the evidence alone.
 *
 * <p>They name no host and no directory. Allure follows a test over builds by its {@code historyId}, which here comes
 * from the drill's name: results of different machines and runs fall into one history.
 */
@NullMarked
package dev.pitrproof.allure;

import org.jspecify.annotations.NullMarked;
