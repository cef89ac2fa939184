// SPDX-License-Identifier: Apache-2.0
#include "signing.hpp"

#include <vendor_files/swu.hpp>

#include <base/digest.hpp>

#include <cstdio>

using namespace oakum;
using namespace oakum::vendor_files;
using testing::file_of;

namespace {

std::string entry(const std::string& name, const std::string& content, std::uint32_t mode = 0100644,
                  std::int64_t size = -1) {
    std::string head = "070701";
    const std::uint32_t length =
        static_cast<std::uint32_t>(size < 0 ? static_cast<std::int64_t>(content.size()) : size);
    for (const std::uint32_t field : {1U, mode, 0U, 0U, 1U, 0U, length, 0U, 0U, 0U, 0U,
                                      static_cast<std::uint32_t>(name.size() + 1), 0U}) {
        std::array<char, 9> text{};
        (void)std::snprintf(text.data(), text.size(), "%08X", field);
        head += text.data();
    }
    head += name + '\0';
    head.resize((head.size() + 3) / 4 * 4);
    head += content;
    head.resize((head.size() + 3) / 4 * 4);
    return head;
}
std::string end() {
    return entry("TRAILER!!!", "", 0);
}
std::string described(const std::string& content) {
    return "software = { images: ({ filename = \"rootfs\"; sha256 = \"" + base::sha256(content).hex() +
           "\"; }); }";
}
std::string why(const std::string& archive) {
    const auto read = read_swu(file_of(archive));
    return read.ok() ? "" : read.error().message;
}

} // namespace

TEST_CASE("an archive tells its description, its signature and where its members stand") {
    const std::string description = described("root"), archive = entry("sw-description", description) +
                                                                 entry("sw-description.sig", "signature") +
                                                                 entry("rootfs", "root") + end() +
                                                                 std::string(300, '\0');
    const auto read = read_swu(file_of(archive));
    REQUIRE_MESSAGE(read.ok(), why(archive));
    CHECK(base::as_text(read->description) == description);
    CHECK(base::as_text(read->signature) == "signature");
    REQUIRE(read->members.size() == 1);
    CHECK(read->members[0].name == "rootfs");
    CHECK(archive.substr(read->members[0].offset, read->members[0].length) == "root");
    CHECK(check_members(*read, file_of(archive)).ok());
}

TEST_CASE("a member that the description does not name by its SHA-256 was signed by nobody") {
    const std::string archive = entry("sw-description", described("root")) + entry("rootfs", "evil") + end();
    const auto read = read_swu(file_of(archive));
    REQUIRE(read.ok());
    const auto checked = check_members(*read, file_of(archive));
    REQUIRE_FALSE(checked.ok());
    CHECK(checked.error().message.find("member number 1") != std::string::npos);
}

TEST_CASE("archives that readers could take differently are refused") {
    const std::string first = entry("sw-description", "x");
    CHECK(why(first + entry("a", "1") + entry("a", "2") + end()) == "two members have the same name");
    CHECK(why(first + entry("sw-description", "y") + end()) == "two members have the same name");
    CHECK(why(entry("a", "1") + first + end()) == "it does not begin with its description");
    CHECK(why(first + end() + "070701") == "something follows behind its end");
    CHECK(why(first + entry("link", "/etc/passwd", 0120777) + end()) ==
          "a member is something else than a file");
    CHECK(why(first + entry("node", "", 0020644) + end()) == "a member is something else than a file");
    CHECK(why(entry("sw-description", "") + end()) == "it has no description");
    CHECK(why(first + entry(std::string(300, 'n'), "1") + end()) == "a member's name is too long");
    CHECK(why(first + entry(std::string("a\0b", 3), "1") + end()) == "a member's name has no end");
}

TEST_CASE("lengths that lie, too many members, and a file that is cut at any byte are refused") {
    const std::string first = entry("sw-description", "x");
    for (const std::int64_t size :
         {std::int64_t{5}, std::int64_t{0x7fffffff}, std::int64_t{0x80000000}, std::int64_t{0xffffffff}})
        CHECK_FALSE(why(first + entry("a", "1", 0100644, size)).empty());
    std::string many = first;
    for (std::size_t i = 0; i <= kMostMembers; ++i)
        many += entry("m" + std::to_string(i), "");
    CHECK(why(many + end()) == "more than 256 members");
    const std::string whole = first + entry("rootfs", "root") + end();
    REQUIRE(why(whole).empty());
    for (std::size_t size = 0; size + 2 < whole.size(); ++size)
        CHECK_FALSE_MESSAGE(why(whole.substr(0, size)).empty(), size);
    CHECK(read_swu(file_of(entry("sw-description", std::string(kLargestDescription + 1, 'x')) + end()))
              .error()
              .kind == base::ErrorKind::too_large);
}
