// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <tar/header.hpp>

using namespace oakum;

namespace {
tar::Block written(const tar::Header& header) {
    auto block = tar::to_block(header);
    REQUIRE(block.ok());
    return *block;
}
} // namespace

TEST_CASE("what is written is read, whatever the length of its name and its size") {
    const auto at = base::from_unix_ms(1'760'000'000'000);
    for (const std::string& name :
         {std::string("a"), std::string(100, 'n'), std::string(155, 'p') + "/" + std::string(100, 'n'),
          std::string("artifacts/ab/") + std::string(62, '0')})
        for (const std::uint64_t size :
             {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{511}, (std::uint64_t{1} << 33) - 1,
              std::uint64_t{1} << 33, (std::uint64_t{1} << 50) + 7, ~std::uint64_t{0}}) {
            CAPTURE(name);
            CAPTURE(size);
            const auto read = tar::from_block(written({name, size, at}));
            REQUIRE(read.ok());
            REQUIRE(read->has_value());
            CHECK(**read == tar::Header{name, size, at});
        }
}

TEST_CASE("a name that does not fit is refused") {
    for (const std::string& name : {std::string(), std::string("folder/"), std::string(101, 'n'),
                                    std::string(156, 'p') + "/n", std::string("a\0b", 3)})
        CHECK_FALSE(tar::to_block({name, 0, {}}).ok());
}

TEST_CASE("a block of zeros is the end, and every altered byte of a header is noticed") {
    const auto end = tar::from_block({});
    REQUIRE(end.ok());
    CHECK_FALSE(end->has_value());
    const auto good = written({"keys/online/ca.key", 227, base::from_unix_ms(1'760'000'000'000)});
    for (std::size_t i = 0; i < good.size(); ++i) {
        if (i == 155) continue; // the space behind the checksum says nothing
        auto altered = good;
        altered[i] ^= 0x11;
        CAPTURE(i);
        CHECK_FALSE(tar::from_block(altered).ok());
    }
}

TEST_CASE("links, folders and devices are refused") {
    for (const char type : {'1', '2', '3', '4', '5', '6', '7', 'x', 'g', 'L'}) {
        auto block = written({"a", 0, {}});
        block[156] = static_cast<std::uint8_t>(type);
        unsigned sum = 0;
        for (std::size_t i = 0; i < block.size(); ++i)
            sum += i >= 148 && i < 156 ? ' ' : block[i];
        for (std::size_t i = 6; i-- > 0; sum >>= 3U)
            block[148 + i] = static_cast<std::uint8_t>('0' + (sum & 7U));
        block[154] = 0;
        const auto read = tar::from_block(block);
        REQUIRE_FALSE(read.ok());
        CHECK(read.error().message == "the archive holds something else than files");
    }
}

TEST_CASE("a whole archive is blocks of headers and contents, and ends with two empty ones") {
    const tar::Entry entries[] = {{"a.txt", "hello"}, {"b/c.json", std::string(600, 'x')}};
    const std::string made = tar::archive(entries, base::from_unix_ms(1'760'000'000'000)).value();
    CHECK(made.size() == 512 + 512 + 512 + 1024 + 1024);
    tar::Block block;
    std::copy_n(made.begin() + 1024, 512, block.begin());
    const auto second = tar::from_block(block).value();
    REQUIRE(second);
    CHECK(second->name == "b/c.json");
    CHECK(second->size == 600);
    CHECK(made.substr(512, 5) == "hello");
    const tar::Entry nameless[] = {{"", "x"}};
    CHECK_FALSE(tar::archive(nameless, {}).ok());
}
