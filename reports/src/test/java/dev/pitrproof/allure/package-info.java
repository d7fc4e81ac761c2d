@NullMarked
package dev.pitrproof.allure;

import org.jspecify.annotations.NullMarked;
