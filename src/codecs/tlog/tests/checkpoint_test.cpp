// SPDX-License-Identifier: Apache-2.0
#include "signer.hpp"

#include <tlog/checkpoint.hpp>

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::tlog;
using oakum::tlog::testing::Signer;

namespace {

const std::string origin = "updates.example/log";

Checkpoint some() {
    return {origin, 20'852'163, base::sha256("root"), {}};
}

} // namespace

// The example of the specification, whose key it does not tell.
TEST_CASE("a checkpoint of another log is read") {
    const auto note =
        read_note("example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
                  "\u2014 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URY"
                  "N7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n");
    REQUIRE_MESSAGE(note.ok(), (note.ok() ? "" : note.error().text()));
    CHECK(note->signatures[0].id == 0x033de0ae);
    CHECK(note->signatures[0].bytes.size() == 64);
    const auto checkpoint = read_checkpoint(note->text);
    REQUIRE(checkpoint.ok());
    CHECK(checkpoint->origin == "example.com/behind-the-sofa");
    CHECK(checkpoint->size == 20'852'163);
    CHECK(base::to_base64(checkpoint->root.bytes) == "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=");
    CHECK(encode(*checkpoint).value() == note->text);
}

TEST_CASE("a checkpoint counts when it is of this log and a known key signed it") {
    const Signer log(origin), thief("thief.example");
    const std::string bytes = encode(log.sign(encode(some()).value()));
    CHECK(open_checkpoint(bytes, origin, std::vector{log.key}).value() == some());
    CHECK(open_checkpoint(bytes, origin, std::vector{thief.key}).error().kind == base::ErrorKind::denied);
    CHECK(open_checkpoint(bytes, "another.example", std::vector{log.key}).error().kind ==
          base::ErrorKind::denied);
    std::string larger = bytes;
    larger.replace(larger.find("20852163"), 8, "20852164");
    CHECK(open_checkpoint(larger, origin, std::vector{log.key}).error().kind == base::ErrorKind::denied);
    // Signed, and no checkpoint.
    CHECK(open_checkpoint(encode(log.sign("hello\n")), origin, std::vector{log.key}).error().kind ==
          base::ErrorKind::invalid);
}

TEST_CASE("each checkpoint has one spelling") {
    Checkpoint checkpoint = some();
    checkpoint.extensions = {"a line of somebody else", "another"};
    for (const std::uint64_t size : std::vector<std::uint64_t>{0, 1, UINT64_MAX}) {
        checkpoint.size = size;
        CHECK(read_checkpoint(encode(checkpoint).value()).value() == checkpoint);
    }
    const std::string text = encode(some()).value(), root = base::to_base64(some().root.bytes);
    for (const std::string& bad :
         {std::string(), std::string("\n1\n") + root + "\n", origin + "\n1\n", origin + "\n1\n" + root,
          origin + "\n01\n" + root + "\n", origin + "\n+1\n" + root + "\n", origin + "\n-1\n" + root + "\n",
          origin + "\n 1\n" + root + "\n", origin + "\n18446744073709551616\n" + root + "\n",
          origin + "\n1\n" + root.substr(1) + "\n", origin + "\n1\n" + root + "=\n", text + "\n",
          text + "no end"})
        CHECK_FALSE_MESSAGE(read_checkpoint(bad).ok(), bad);
    checkpoint.origin = "two\nlines";
    CHECK_FALSE(encode(checkpoint).ok());
    checkpoint.origin = origin;
    checkpoint.extensions = {""};
    CHECK_FALSE(encode(checkpoint).ok());
}
