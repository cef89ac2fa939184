// SPDX-License-Identifier: Apache-2.0
#include <governance/password_rules.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace oakum::governance;

TEST_CASE("a password of twelve characters and more is taken, whatever it is made of") {
    for (const char* good :
         {"correct horse battery", "abcdefghijk1", "zwölf zeichen", "            x", "ααααααααααβα"}) {
        CAPTURE(good);
        CHECK(check_password(good, "anna").ok());
    }
    CHECK(check_password(std::string(1023, 'a') + "b", "anna").ok());
}

TEST_CASE("a password that is short, repeated, named or notorious is refused") {
    for (const std::string& bad :
         {std::string(), std::string("short"), std::string("abcdefghijk"), std::string("äöüäöüäöüäö"),
          std::string("aaaaaaaaaaaaaa"), std::string("Password1234"), std::string("123456789012"),
          std::string(1025, 'x') + "y", std::string("twelve chars\0 and nul", 21),
          std::string("not utf8 \xff\xfe at all")}) {
        CAPTURE(bad);
        CHECK_FALSE(check_password(bad, "anna").ok());
    }
    CHECK_FALSE(check_password("annalena.berg", "Annalena.Berg").ok());
    CHECK_FALSE(check_password("annaleannale", "annale").ok());
}

TEST_CASE("a user's name holds nothing that a log, a header or a page could misread") {
    for (const char* good : {"anna", "a", "Anna.Berg", "anna@example.org", "a_b-c.9"})
        CHECK(check_user_name(good).ok());
    for (const char* bad : {"", "anna berg", "anna\n", "anna:x", "<b>", "änna", "a/b", "a\"b"})
        CHECK_FALSE(check_user_name(bad).ok());
    CHECK_FALSE(check_user_name(std::string(129, 'a')).ok());
}

TEST_CASE("a label is one line of text") {
    CHECK(check_label("Plant 3, hall B: ärger").ok());
    for (const char* bad : {"", " ", " a", "a ", "a\nb", "a\tb", "\x7f", "\xff"})
        CHECK_FALSE(check_label(bad).ok());
    CHECK_FALSE(check_label(std::string(129, 'a')).ok());
    CHECK(check_label(std::string(129, 'a'), 200).ok());
}
