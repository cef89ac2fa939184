// SPDX-License-Identifier: Apache-2.0
#include "naive.hpp"

#include <doctest/doctest.h>

using namespace oakum;
using namespace oakum::transparency;

namespace {

constexpr std::size_t kSizes = 70; // past 64: every shape of the right edge up to six levels

std::vector<Hash> first(const std::vector<Hash>& all, std::size_t size) {
    return {all.begin(), all.begin() + static_cast<std::ptrdiff_t>(size)};
}
Hash flipped(Hash hash) {
    hash.bytes[7] ^= 1;
    return hash;
}

} // namespace

TEST_CASE("each entry of each log is proven as RFC 6962 has it, and found with it") {
    const auto all = naive::leaves(kSizes);
    for (std::size_t size = 1; size <= kSizes; ++size) {
        const auto some = first(all, size);
        const Hash root = naive::root(some);
        for (std::size_t index = 0; index < size; ++index) {
            const Proof proof = prove_inclusion(index, size, naive::nodes(some)).value();
            REQUIRE(proof == naive::path(index, some));
            REQUIRE(check_inclusion(some[index], index, size, root, proof).ok());
        }
    }
}

TEST_CASE("a proof of inclusion that differs in anything proves nothing") {
    const auto all = naive::leaves(kSizes);
    for (const std::size_t size : {1UL, 2UL, 3UL, 7UL, 8UL, 13UL, 64UL, 70UL})
        for (std::size_t index = 0; index < size; ++index) {
            const auto some = first(all, size);
            const Hash root = naive::root(some);
            const Proof proof = naive::path(index, some);
            const auto holds = [&](const Hash& leaf, std::uint64_t at, std::uint64_t of, const Hash& to,
                                   const Proof& by) { return check_inclusion(leaf, at, of, to, by).ok(); };
            CHECK_FALSE(holds(flipped(some[index]), index, size, root, proof));
            CHECK_FALSE(holds(some[index], index, size, flipped(root), proof));
            for (std::size_t other = 0; other < size + 2; ++other)
                CHECK(holds(some[index], other, size, root, proof) == (other == index));
            for (std::size_t i = 0; i < proof.size(); ++i) {
                Proof wrong = proof;
                wrong[i] = flipped(wrong[i]);
                CHECK_FALSE(holds(some[index], index, size, root, wrong));
            }
            Proof longer = proof, shorter = proof;
            longer.push_back(root);
            CHECK_FALSE(holds(some[index], index, size, root, longer));
            longer.resize(1000);
            CHECK_FALSE(holds(some[index], index, size, root, longer));
            if (!shorter.empty()) {
                shorter.pop_back();
                CHECK_FALSE(holds(some[index], index, size, root, shorter));
            }
        }
    CHECK_FALSE(check_inclusion(all[0], 0, 0, empty_root(), {}).ok());
    CHECK_FALSE(prove_inclusion(3, 3, naive::nodes(all)).ok());
}

TEST_CASE("each log begins with each shorter one, as RFC 6962 proves it") {
    const auto all = naive::leaves(kSizes);
    for (std::size_t newer = 0; newer <= kSizes; ++newer) {
        const auto some = first(all, newer);
        for (std::size_t older = 0; older <= newer; ++older) {
            const Proof proof = prove_consistency(older, newer, naive::nodes(some)).value();
            if (older > 0) REQUIRE(proof == naive::subproof(older, some, true));
            REQUIRE(check_consistency(older, naive::root(first(all, older)), newer, naive::root(some), proof)
                        .ok());
        }
        CHECK_FALSE(prove_consistency(newer + 1, newer, naive::nodes(some)).ok());
    }
}

TEST_CASE("a log that was rewritten is not consistent with what it was") {
    const auto all = naive::leaves(kSizes);
    for (std::size_t newer = 2; newer <= kSizes; newer += 3)
        for (std::size_t older = 1; older < newer; ++older) {
            // One entry of the older log is another one; whoever did that proves as well as they can.
            for (const std::size_t at : {std::size_t{0}, older / 2, older - 1}) {
                auto forged = first(all, newer);
                forged[at] = flipped(forged[at]);
                const Proof proof = prove_consistency(older, newer, naive::nodes(forged)).value();
                CHECK_FALSE(check_consistency(older, naive::root(first(all, older)), newer,
                                              naive::root(forged), proof)
                                .ok());
            }
            const auto some = first(all, newer);
            const Hash before = naive::root(first(all, older)), after = naive::root(some);
            Proof proof = naive::subproof(older, some, true);
            CHECK_FALSE(check_consistency(older, flipped(before), newer, after, proof).ok());
            CHECK_FALSE(check_consistency(older, before, newer, flipped(after), proof).ok());
            for (std::size_t i = 0; i < proof.size(); ++i) {
                Proof wrong = proof;
                wrong[i] = flipped(wrong[i]);
                CHECK_FALSE(check_consistency(older, before, newer, after, wrong).ok());
            }
            Proof longer = proof;
            longer.push_back(after);
            CHECK_FALSE(check_consistency(older, before, newer, after, longer).ok());
            proof.pop_back();
            CHECK_FALSE(check_consistency(older, before, newer, after, proof).ok());
        }
}

TEST_CASE("what needs no proof is held to its roots all the same") {
    const auto all = naive::leaves(4);
    const Hash root = naive::root(all), another = flipped(root);
    CHECK(check_consistency(4, root, 4, root, {}).ok());
    CHECK_FALSE(check_consistency(4, root, 4, another, {}).ok());
    CHECK_FALSE(check_consistency(4, root, 4, root, Proof{root}).ok());
    CHECK(check_consistency(0, empty_root(), 4, root, {}).ok());
    CHECK_FALSE(check_consistency(0, another, 4, root, {}).ok());
    CHECK_FALSE(check_consistency(0, empty_root(), 4, root, Proof{root}).ok());
    CHECK_FALSE(check_consistency(5, root, 4, root, {}).ok());
}

TEST_CASE("sizes at the end of their numbers end in an answer") {
    const Hash hash = empty_root();
    const Proof proof(kMostHashes, hash);
    constexpr std::uint64_t half = std::uint64_t{1} << 63;
    for (const std::uint64_t size : std::vector<std::uint64_t>{UINT64_MAX, UINT64_MAX - 1, half, half + 1}) {
        CHECK_FALSE(check_inclusion(hash, size - 1, size, hash, proof).ok());
        CHECK_FALSE(check_inclusion(hash, 0, size, hash, proof).ok());
        CHECK_FALSE(check_consistency(size - 1, hash, size, hash, proof).ok());
        CHECK_FALSE(check_consistency(1, hash, size, hash, proof).ok());
    }
}
