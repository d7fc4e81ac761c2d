/** Whether sabotage is caught and healthy drills are left alone, over all shipped scenarios: {@code bench/alarms/run}. */
@NullMarked
package dev.pitrproof.alarms;

import org.jspecify.annotations.NullMarked;
