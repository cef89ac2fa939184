// SPDX-License-Identifier: Apache-2.0
#include "signer.hpp"

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::tlog;
using oakum::tlog::testing::Signer;

namespace {

bool counts(const Note& note, const std::vector<NoteKey>& known) {
    return check_note(note, known).ok();
}

} // namespace

TEST_CASE("keys of other logs are read, and spelled as they were") {
    // Go's checksum database, as its documentation publishes it.
    const std::string text = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8";
    const auto key = read_note_key(text);
    REQUIRE_MESSAGE(key.ok(), (key.ok() ? "" : key.error().text()));
    CHECK(key->name == "sum.golang.org");
    CHECK(key->id() == 0x033de0ae);
    CHECK(encode(*key) == text);
}

TEST_CASE("a key that is not spelled as one is refused") {
    const std::string good = encode(Signer("updates.example/log").key);
    CHECK(read_note_key(good).ok());
    for (const std::string& bad :
         {std::string(), std::string("a"), std::string("a+b"), std::string("+033de0ae+Ac4zctda0e5eza"),
          "x" + good, good + "=", good.substr(0, good.size() - 2), "a b" + good, good + "\n",
          std::string("sum.golang.org+033de0af+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"),
          std::string("sum.golang.org+033DE0AE+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8")})
        CHECK_FALSE_MESSAGE(read_note_key(bad).ok(), bad);
}

TEST_CASE("a note comes back as it was signed, with empty lines in its text") {
    const Signer log("updates.example/log"), other("elsewhere.example/log");
    const Note note = log.sign("first\n\nafter an empty line\n");
    const std::string bytes = encode(note);
    const auto read = read_note(bytes);
    REQUIRE_MESSAGE(read.ok(), (read.ok() ? "" : read.error().text()));
    CHECK(read->text == note.text);
    CHECK(read->signatures == note.signatures);
    CHECK(encode(*read) == bytes);
    CHECK(counts(*read, {log.key}));
    CHECK(counts(*read, {other.key, log.key}));
    CHECK_FALSE(counts(*read, {other.key}));
    CHECK_FALSE(counts(*read, {}));
}

TEST_CASE("what somebody else added to a note says nothing, and what is wrong under a known key voids it") {
    const Signer log("updates.example/log"), witness("witness.example/w1");
    const std::string text = "text\n";
    Note note = log.sign(text);
    note.signatures.push_back({"stranger.example", 7, {1, 2, 3}});
    note.signatures.push_back({log.key.name, log.key.id() + 1, {1, 2, 3}}); // a name of ours, and another id
    note.signatures.push_back({"stranger.example", log.key.id(), {1, 2, 3}});
    CHECK(counts(note, {log.key}));
    note.signatures.push_back(witness.sign(text).signatures[0]);
    CHECK(counts(note, {log.key, witness.key}));
    CHECK(counts(note, {witness.key}));
    Note changed = note;
    changed.text = "texts\n";
    CHECK_FALSE(counts(changed, {log.key}));
    note.signatures.back().bytes[9] ^= 1;
    CHECK(counts(note, {log.key}));
    CHECK_FALSE(counts(note, {log.key, witness.key}));
}

TEST_CASE("a key of another name does not sign for this one") {
    const Signer log("updates.example/log");
    NoteKey renamed = log.key;
    renamed.name = "updates.example/other";
    CHECK(renamed.id() != log.key.id());
    CHECK_FALSE(counts(log.sign("text\n"), {renamed}));
}

TEST_CASE("bytes that are no note are refused") {
    const std::string good = encode(Signer("updates.example/log").sign("text\n"));
    REQUIRE(read_note(good).ok());
    const std::size_t line = good.find("\n\n") + 2;
    for (const std::string& bad :
         {std::string(), std::string("text\n"), std::string("text\n\n"), good.substr(0, good.size() - 1),
          good + "\n", good + "x\n", "\t" + good, "\r\n" + good, "\xff" + good,
          good.substr(0, line) + "- a AAAAAAA=\n", good.substr(0, line) + "\u2014 a\n",
          good.substr(0, line) + "\u2014 a AAAAAA==\n", good.substr(0, line) + "\u2014  AAAAAAA=\n",
          good.substr(0, line) + "\u2014 a+b AAAAAAA=\n", good.substr(0, line) + "\u2014 a AAAAAAB=\n",
          good + std::string(kMostNoteBytes, 'x')})
        CHECK_FALSE_MESSAGE(read_note(bad).ok(), bad.substr(0, 100));
    CHECK(read_note(good.substr(0, line) + "\u2014 a AAAAAAA=\n").ok());
    std::string many = good;
    for (std::size_t i = 0; i < kMostNoteSignatures; ++i)
        many += "\u2014 a AAAAAAA=\n";
    CHECK(read_note(many).error().kind == base::ErrorKind::too_large);
}

TEST_CASE("what is no text for a note is not signed") {
    const Signer log("updates.example/log");
    const SignText sign = [](base::ByteView) { return base::Result<base::Bytes>(base::Bytes(64)); };
    for (const char* text : {"", "\n", "no end", "a\tb\n", "\xff\n"})
        CHECK_FALSE(sign_note(text, log.key, sign).ok());
    NoteKey spaced = log.key;
    spaced.name = "two words";
    CHECK_FALSE(sign_note("text\n", spaced, sign).ok());
}
