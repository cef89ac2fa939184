// SPDX-License-Identifier: Apache-2.0
#include "signing.hpp"

#include <vendor_files/proofs.hpp>
#include <vendor_files/rauc.hpp>

#include <base/digest.hpp>

using namespace oakum;
using namespace oakum::vendor_files;
using testing::data;
using testing::file_of;

namespace {

// Who signed it by the pinned certificate, or why that does not count.
std::string seen(const std::string& bundle, const std::string& pinned, const char* at = "2026-12-01") {
    Artifact artifact;
    artifact.file = file_of(bundle);
    artifact.kind = intake::FileKind::rauc;
    intake::Signer signer;
    signer.name = "acme";
    signer.kind = intake::SignatureKind::rauc;
    signer.key = data("rauc/" + pinned + ".pem");
    const Seen found =
        look_for_proofs(artifact, std::vector{signer}, "gateway", base::parse_time(at).value());
    REQUIRE(found.signatures.size() == 1);
    const intake::Proof& proof = found.signatures[0];
    return proof.flaw.empty() ? "by " + proof.by + (proof.says.empty() ? "" : ", " + proof.says) : proof.flaw;
}
std::string flipped(std::string bundle, std::size_t at) {
    bundle[at] = static_cast<char>(bundle[at] ^ 1);
    return bundle;
}
std::size_t before(const std::string& bundle) {
    return static_cast<std::size_t>(read_rauc(file_of(bundle)).value().before);
}
base::Bytes zeros(std::size_t count) {
    return base::Bytes(count);
}

} // namespace

TEST_CASE("bundles of RAUC's own tool verify under the CA that is pinned, in both formats") {
    CHECK(seen(data("rauc/plain.raucb"), "ca") == "by acme");
    CHECK(seen(data("rauc/verity.raucb"), "ca") == "by acme, for gateway-board, version 1.5.0");
    for (const char* format : {"plain", "verity"}) {
        const std::string bundle = data("rauc/" + std::string(format) + ".raucb");
        CHECK(seen(bundle, "other").starts_with("acme: it does not verify"));
        CHECK(seen(bundle, "ca", "2046-01-01").find("expired") != std::string::npos);
    }
}

TEST_CASE("each byte of a bundle's file system and hash tree is signed") {
    for (const char* format : {"plain", "verity"}) {
        const std::string bundle = data("rauc/" + std::string(format) + ".raucb");
        for (std::size_t at = 0; at < before(bundle); at += 397)
            CHECK_MESSAGE(seen(flipped(bundle, at), "ca").starts_with("acme: "), format, " ", at);
        CHECK_FALSE(seen(flipped(bundle, before(bundle) - 1), "ca").starts_with("by "));
        // Moved away from its message, and something in between.
        CHECK_FALSE(seen(bundle.substr(4096), "ca").starts_with("by "));
        std::string more = bundle;
        more.insert(before(bundle), std::string(4096, '\0'));
        CHECK_FALSE(seen(more, "ca").starts_with("by "));
    }
    // The message of one over the bytes of the other.
    const std::string plain = data("rauc/plain.raucb"), verity = data("rauc/verity.raucb");
    CHECK_FALSE(
        seen(plain.substr(0, before(plain)) + verity.substr(before(verity)), "ca").starts_with("by "));
    CHECK_FALSE(
        seen(verity.substr(0, before(verity)) + plain.substr(before(plain)), "ca").starts_with("by "));
}

TEST_CASE("lengths that do not fit are told before anything is read by them") {
    const std::string bundle = data("rauc/plain.raucb");
    CHECK_FALSE(read_rauc(file_of("")).ok());
    CHECK_FALSE(read_rauc(file_of("1234567")).ok());
    CHECK_FALSE(read_rauc(file_of(std::string(16, '\0'))).ok());
    CHECK_FALSE(read_rauc(file_of(std::string(16, '\xff'))).ok());
    CHECK(read_rauc(file_of(std::string(1 << 20, 'x') + std::string("\0\0\0\0\0\2\0\0", 8))).error().kind ==
          base::ErrorKind::too_large);
    CHECK_FALSE(read_rauc(file_of(bundle.substr(bundle.size() - 8))).ok());
}

TEST_CASE("a manifest says one format, one hash and one length") {
    const std::string good =
        "[update]\ncompatible=board\nversion=1\n\n[bundle]\nformat=verity\nverity-hash=" +
        std::string(64, 'a') + "\nverity-salt=00ff\nverity-size=4096\n\n[image.x]\nformat=raw\n";
    const auto read = read_rauc_manifest(good);
    REQUIRE(read.ok());
    CHECK(read->compatible == "board");
    CHECK(read->tree == 4096);
    CHECK(read->salt == base::Bytes{0x00, 0xff});
    const auto without = [&](const std::string& piece, const std::string& other) {
        std::string text = good;
        text.replace(text.find(piece), piece.size(), other);
        return read_rauc_manifest(text).ok();
    };
    CHECK_FALSE(without("format=verity", "format=plain"));
    CHECK_FALSE(without("format=verity", "format=crypt"));
    CHECK_FALSE(without("format=verity\n", ""));
    CHECK_FALSE(without("verity-size=4096", "verity-size=4096x"));
    CHECK_FALSE(without("verity-size=4096", "verity-size="));
    CHECK_FALSE(without("aaaa", "aa"));
    CHECK_FALSE(without("verity-salt=00ff", "verity-salt=zz"));
    CHECK_FALSE(without("verity-size=4096", "verity-size=4096\nverity-hash=" + std::string(64, 'b')));
    CHECK_FALSE(without("[bundle]", "[image.y]"));
}

TEST_CASE("a hash tree of several levels is checked from its root to its last byte") {
    // 129 blocks: two blocks of hashes, and one above them.
    const base::Bytes salt{7};
    std::string blocks;
    for (int i = 0; i < 129; ++i)
        blocks += std::string(4096, static_cast<char>(i));
    const auto level = [&](const std::string& of) {
        std::string hashes;
        for (std::size_t at = 0; at < of.size(); at += 4096) {
            base::Sha256 hash;
            hash.update(salt);
            hash.update(std::string_view(of).substr(at, 4096));
            const base::Digest256 digest = hash.finish();
            hashes.append(digest.bytes.begin(), digest.bytes.end());
        }
        return hashes;
    };
    const auto filled = [](std::string text) {
        text.resize((text.size() + 4095) / 4096 * 4096);
        return text;
    };
    const std::string low = filled(level(blocks)), high = filled(level(low)), root = level(high);
    REQUIRE(low.size() == 8192);
    REQUIRE(high.size() == 4096);
    RaucManifest manifest{"", "", base::Bytes(root.begin(), root.end()), salt, 12288};
    const auto check = [&](const std::string& text) {
        return check_tree({text.size(), {}}, manifest, file_of(text)).ok();
    };
    const std::string whole = blocks + high + low;
    CHECK(check(whole));
    CHECK_FALSE(check(blocks + low + high));
    for (const std::size_t at : {std::size_t{0}, blocks.size() - 1, blocks.size(), whole.size() - 1})
        CHECK_FALSE(check(flipped(whole, at)));
    CHECK_FALSE(check(whole + std::string(4096, '\0')));
    manifest.tree = 16384;
    CHECK_FALSE(check(whole));
    manifest.tree = 8192;
    CHECK_FALSE(check(whole));
    manifest.root = zeros(32);
    CHECK_FALSE(check(whole));
}
