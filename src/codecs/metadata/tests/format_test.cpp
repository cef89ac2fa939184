// SPDX-License-Identifier: Apache-2.0
// What is and is not metadata, byte for byte.
#include "simulator.hpp"

#include <doctest/doctest.h>
#include <trust/limits.hpp>

using namespace oakum;
using namespace oakum::metadata;
using namespace oakum::metadata::testing;
using trust::Role;

namespace {

std::string text_of(const base::Bytes& bytes) {
    return {bytes.begin(), bytes.end()};
}
base::Bytes bytes_of(std::string_view text) {
    return {text.begin(), text.end()};
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    const auto at = text.find(from);
    REQUIRE_MESSAGE(at != std::string::npos, from);
    return text.replace(at, from.size(), to);
}

trust::Targets full_targets() {
    trust::Targets targets;
    targets.header.expires = kStart;
    targets.header.unknown["x-note"] = "[1, {\"b\": null}]";
    trust::TargetFile file;
    file.length = 9'000'000'000;
    file.hashes.sha256 = base::sha256("a");
    file.hashes.sha512 = base::sha512(base::as_bytes("a"));
    file.hashes.others["blake3"] = "00";
    file.terms = artifact::Terms{"gateway", "1.5.0", 15, 10, {"gw\"2\"", "gw3"}, {"A"}, "1.4.0", "raw"};
    file.direction = trust::Direction{"device-1", "rollout-2", 3, kStart + kDay};
    file.unknown_terms["later"] = "true";
    file.unknown_custom["vendor"] = "{\"k\": \"v\"}";
    file.unknown["size"] = "7";
    targets.files["gateway/1.5.0/a.img"] = file;
    const TestKey key = TestKey::ecdsa();
    const trust::KeyId id = key_id(key.public_key()).value();
    trust::Delegations delegations{
        {{id, key.public_key()}}, std::vector<trust::DelegatedRole>{}, {{"d", "1"}}};
    delegations.roles = std::vector<trust::DelegatedRole>{
        {"v", {{id}, 1, {{"s", "2"}}}, true, trust::PathPatterns{{"v/*", "w/?"}}},
        {"h", {{id}, 1, {}}, false, trust::PathHashPrefixes{{"0a", "f"}}}};
    targets.delegations = std::move(delegations);
    return targets;
}

} // namespace

TEST_CASE("what is encoded reads back the same, unknown fields included") {
    const JsonReader reader;
    const trust::Targets targets = full_targets();
    const std::string text = encode(targets);
    const auto read = reader.targets(envelope(text, {}));
    REQUIRE_MESSAGE(read.ok(), read.error().text());
    CHECK(read->document.files == targets.files);
    CHECK(read->document.header == targets.header);
    CHECK(read->document.delegations->roles == targets.delegations->roles);
    CHECK(encode(read->document) == text);
    CHECK(read->canonical == canonical(text).value());

    Simulator repo;
    repo.root.unknown_roles["mirrors"] = "{\"keyids\": [], \"threshold\": 1}";
    repo.root.keys.begin()->second.unknown_value["private"] = "\"\"";
    const std::string root = encode(repo.root);
    CHECK(encode(reader.root(envelope(root, {})).value().document) == root);
    const std::string timestamp = encode(repo.timestamp), snapshot = encode(repo.snapshot);
    CHECK(reader.timestamp(envelope(timestamp, {})).value().document == repo.timestamp);
    CHECK(reader.snapshot(envelope(snapshot, {})).value().document == repo.snapshot);
}

TEST_CASE("the canonical form sorts, escapes two characters and leaves the rest raw") {
    CHECK(text_of(canonical(R"({"b": [1, -2, true, null], "a": "\u0041\/\n\u0007\"\\"})").value()) ==
          "{\"a\":\"A/\n\a\\\"\\\\\",\"b\":[1,-2,true,null]}");
    // By code point, not by UTF-16 unit: U+FF61 before U+1F600.
    CHECK(text_of(canonical("{\"\xF0\x9F\x98\x80\":1,\"\xEF\xBD\xA1\":2}").value()) ==
          "{\"\xEF\xBD\xA1\":2,\"\xF0\x9F\x98\x80\":1}");
    // Composed and decomposed stay what they are.
    CHECK(text_of(canonical("[\"\xC3\xA9\",\"e\xCC\x81\"]").value()) == "[\"\xC3\xA9\",\"e\xCC\x81\"]");
    CHECK(text_of(canonical("[9223372036854775807,18446744073709551615]").value()) ==
          "[9223372036854775807,18446744073709551615]");
    for (const char* bad :
         {"1.0", "1e3", "-0", "{\"a\":1,\"a\":1}", "\"\\ud800\"", "[1] ", "\xEF\xBB\xBF[1]", "[1]x"}) {
        CAPTURE(bad);
        const bool space = std::string_view(bad) == "[1] ";
        CHECK(canonical(bad).ok() == space);
    }
}

TEST_CASE("a key's id is the hash of all its fields") {
    // RFC 8032's second test key.
    const trust::Key key =
        ed25519_key(
            base::from_hex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c").value())
            .value();
    const std::string form =
        R"({"keytype":"ed25519","keyval":{"public":")" + key.public_text + R"("},"scheme":"ed25519"})";
    CHECK(key_id(key).value().get() == base::sha256(form).hex());
    trust::Key noted = key;
    noted.unknown["x-owner"] = "\"@anna\"";
    const std::string with = form.substr(0, form.size() - 1) + R"(,"x-owner":"@anna"})";
    CHECK(key_id(noted).value().get() == base::sha256(with).hex());
    noted.unknown["x-owner"] = "not json";
    CHECK_FALSE(key_id(noted).ok());
    CHECK_FALSE(ed25519_key(base::Bytes(31)).ok());
}

TEST_CASE("documents that are not what they must be are refused with their place") {
    struct Row {
        const char* role;
        std::string from, to;
        const char* place; // part of the error
    };
    Simulator repo;
    repo.targets["targets"] = full_targets();
    repo.put("targets");
    const Row rows[] = {
        {"root", "\"_type\":\"root\"", "\"_type\":\"Root\"", "/signed"},
        {"root", "\"_type\":\"root\",", "", "_type"},
        {"root", "\"spec_version\":\"1.", "\"spec_version\":\"2.", "/signed"},
        {"root", "\"spec_version\":\"1.0.31\"", "\"spec_version\":\"1\"", "/signed"},
        {"root", "\"version\":1", "\"version\":0", "/signed/version"},
        {"root", "\"version\":1", "\"version\":-1", "/signed/version"},
        {"root", "\"version\":1", "\"version\":1.0", ""},
        {"root", "\"version\":1", "\"version\":1e0", ""},
        {"root", "\"version\":1", "\"version\":\"1\"", "/signed/version"},
        {"root", "\"version\":1", "\"version\":true", "/signed/version"},
        {"root", "\"version\":1", "\"version\":9007199254740992", "/signed/version"},
        {"root", "\"version\":1", "\"version\":18446744073709551616", ""},
        {"root", "\"version\":1", "\"version\":1,\"version\":1", ""},
        {"root", "T16:00:00Z", "T16:00:00.0Z", "/signed/expires"},
        {"root", "T16:00:00Z", "T16:00:00+00:00", "/signed/expires"},
        {"root", "T16:00:00Z", "T16:00:00z", "/signed/expires"},
        {"root", "T16:00:00Z", " 16:00:00Z", "/signed/expires"},
        {"root", "T16:00:00Z", "T24:00:00Z", "/signed/expires"},
        {"root", "T16:00:00Z", "T16:00:60Z", "/signed/expires"},
        {"root", "-12-22T", "-02-30T", "/signed/expires"},
        {"root", "\"threshold\":1", "\"threshold\":0", "/signed/roles/"},
        {"root", "\"threshold\":1", "\"threshold\":-1", "/signed/roles/"},
        {"root", "\"threshold\":1", "\"threshold\":65", "/signed/roles/"},
        {"root", "\"snapshot\":{", "\"snapsho\":{", "snapshot"},
        {"root", "\"keyids\":[", "\"keyids\":[null,", "/signed/roles/root/keyids/0"},
        {"root", "\"keyids\":[", "\"keyids\":[\"\",", "/signed/roles/root/keyids/0"},
        {"root", "\"keyids\":[", "\"keyids\":[\"a\",\"a\",", "/signed/roles/root/keyids/1"},
        {"root", "\"keys\":{", "\"keys\":{\"\":{},", "/signed/keys"},
        {"root", "\"keys\":{", "\"keys\":{\"a\":null,", "/signed/keys/a"},
        {"root", "\"signatures\":[", "\"signatures\":[{\"keyid\":\"a\"},", "/signatures/0"},
        {"root", "\"signatures\":[", "\"signatures\":[null,", "/signatures/0"},
        {"root", "\"signatures\":[", "\"signatures\":{\"a\":[", ""},
        {"root", "\"signed\":", "\"sined\":", "signed"},
        {"root", "\"consistent_snapshot\":true", "\"consistent_snapshot\":1", "consistent_snapshot"},
        {"timestamp", "\"snapshot.json\"", "\"snapshot.jso\"", "snapshot.json"},
        {"timestamp", "\"snapshot.json\":{\"version\":1", "\"snapshot.json\":{\"version\":1,\"hashes\":{}",
         "hashes"},
        {"timestamp", "\"snapshot.json\":{\"version\":1", "\"snapshot.json\":{\"version\":1,\"hashes\":null",
         "hashes"},
        {"timestamp", "\"snapshot.json\":{\"version\":1",
         "\"snapshot.json\":{\"version\":1,\"hashes\":{\"sha256\":\"00\"}", "sha256"},
        {"timestamp", "\"snapshot.json\":{\"version\":1", "\"snapshot.json\":{\"version\":1,\"length\":-1",
         "length"},
        {"snapshot", "\"targets.json\"", "\"targets\"", "/signed/meta"},
        {"snapshot", "\"targets.json\"", "\".json\"", "/signed/meta"},
        {"targets", "\"length\":9000000000", "\"length\":-9", "length"},
        {"targets", "\"length\":9000000000", "\"length\":18446744073709551615", "length"},
        {"targets", "\"hashes\":{", "\"hashs\":{", "hashes"},
        {"targets", "\"counter\":15", "\"counter\":0", "oakum"},
        {"targets", "\"floor\":10", "\"floor\":16", "oakum"},
        {"targets", "\"format\":\"raw\"", "\"format\":\"../raw\"", "oakum"},
        {"targets", "\"release\":\"gateway\",", "", "release"},
        {"targets", "\"wave\":3", "\"wave\":4294967296", "wave"},
        {"targets", "\"name\":\"v\"", "\"name\":\"root\"", "name"},
        {"targets", "\"name\":\"v\"", "\"name\":\"h\"", "/signed/delegations/roles/1"},
        {"targets", "\"terminating\":true", "\"terminating\":\"yes\"", "terminating"},
        {"targets", "\"path_hash_prefixes\":[\"0a\"", "\"path_hash_prefixes\":[\"0A\"", "path_hash_prefixes"},
        {"targets", "\"path_hash_prefixes\"", "\"path_hashes\"", "/signed/delegations/roles/1"},
        {"targets", "\"roles\":[", "\"succinct_roles\":{},\"roles\":[", "/signed/delegations"},
    };
    const JsonReader reader;
    for (const Row& row : rows) {
        CAPTURE(row.role);
        CAPTURE(row.to);
        const std::string text = replaced(text_of(repo.files.at(repo.name_of(row.role))), row.from, row.to);
        const base::Bytes bytes = bytes_of(text);
        base::Error error;
        bool ok = true;
        const auto take = [&](const auto& result) {
            ok = result.ok();
            if (!ok) error = result.error();
        };
        const std::string role = row.role;
        if (role == "root") take(reader.root(bytes));
        if (role == "timestamp") take(reader.timestamp(bytes));
        if (role == "snapshot") take(reader.snapshot(bytes));
        if (role == "targets") take(reader.targets(bytes));
        CHECK_FALSE(ok);
        INFO(error.text());
        CHECK(error.text().find(row.place) != std::string::npos);
    }
}

// T16
TEST_CASE("keys that are damaged or of an unknown type are read and never count") {
    const JsonReader reader;
    Simulator repo;
    const std::string root = text_of(repo.files["1.root.json"]);
    const char* keys[] = {
        R"({"keytype":"ed25519","scheme":"ed25519","keyval":{"public":"00"}})",
        R"({"keytype":"ed25519","scheme":"ed25519","keyval":{"public":"zz"}})",
        R"({"keytype":"ed25519","scheme":"ed25519","keyval":{"public":""}})",
        R"({"keytype":"ed25519","scheme":"rsassa-pss-sha256","keyval":{"public":"00"}})",
        R"({"keytype":"ecdsa","scheme":"ecdsa-sha2-nistp256","keyval":{"public":"04cbc5"}})",
        R"({"keytype":"rsa","scheme":"rsassa-pss-sha256","keyval":{"public":"-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n"}})",
        R"({"keytype":"ecdsa","scheme":"ecdsa-sha2-nistp256","keyval":{"public":null}})",
        R"({"keytype":"ml-dsa","scheme":"ml-dsa-44","keyval":{"public":"00"}})",
        R"({"keytype":"x","scheme":"y","keyval":{}})",
        R"({"keytype":"sigstore-oidc","scheme":"Fulcio","keyval":{"identity":"a@b.example","issuer":"https://c.example"}})",
    };
    for (const char* key : keys) {
        CAPTURE(key);
        const auto read =
            reader.root(bytes_of(replaced(root, "\"keys\":{", std::string("\"keys\":{\"a\":") + key + ",")));
        REQUIRE_MESSAGE(read.ok(), read.error().text());
        CHECK_FALSE(read->document.keys.at(trust::KeyId("a")).verifier.has_value());
        // Issued again it is the same key: its id and the signatures over it still hold.
        const std::string again = encode(read->document);
        CHECK(canonical(again).value() == read->canonical);
    }
}

TEST_CASE("a point of P-256 is read in hexadecimal and in PEM, under either name of its type") {
    const TestKey key = TestKey::ecdsa();
    // The DER of a P-256 key ends with its point.
    const std::string& pem = key.public_key().public_text;
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
        BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> native(
        PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
    unsigned char* der = nullptr;
    const int length = i2d_PUBKEY(native.get(), &der);
    REQUIRE(length > 65);
    const std::string hex = base::to_hex(base::ByteView(der + length - 65, 65));
    OPENSSL_free(der);

    const std::string root = text_of(Simulator().files["1.root.json"]);
    for (const char* type : {"ecdsa", "ecdsa-sha2-nistp256"}) {
        const std::string entry = std::string(R"("keys":{"a":{"keytype":")") + type +
                                  R"(","scheme":"ecdsa-sha2-nistp256","keyval":{"public":")" + hex + "\"}},";
        const auto read = JsonReader().root(bytes_of(replaced(root, "\"keys\":{", entry)));
        REQUIRE_MESSAGE(read.ok(), read.error().text());
        const auto& verifier = read->document.keys.at(trust::KeyId("a")).verifier;
        REQUIRE(verifier.has_value());
        CHECK(verifier->verify(base::as_bytes("x"), key.sign(base::as_bytes("x"))));
    }
}

TEST_CASE("a target's custom that is no object is kept and means nothing to us") {
    Simulator repo;
    repo.add_target("targets", "a", "content");
    repo.put("targets");
    for (const char* custom : {"null", "7", "[1,2]", "\"text\"", "{\"oakum\":null}"}) {
        CAPTURE(custom);
        const std::string text = replaced(text_of(repo.files["1.targets.json"]), "\"length\":7",
                                          std::string("\"length\":7,\"custom\":") + custom);
        const auto read = JsonReader().targets(bytes_of(text));
        REQUIRE_MESSAGE(read.ok(), read.error().text());
        CHECK_FALSE(read->document.files.at("a").terms.has_value());
        if (custom[0] != '{') CHECK(canonical(encode(read->document)).value() == read->canonical);
    }
}

// T17
TEST_CASE("counts beyond the limits are refused") {
    const JsonReader reader;
    Simulator repo;
    const std::string root = text_of(repo.files["1.root.json"]);
    std::string signatures, ids, keys;
    for (std::size_t i = 0; i < 300; ++i) {
        const std::string n = std::to_string(i);
        signatures += "{\"keyid\":\"" + n + "\",\"sig\":\"\"},";
        ids += "\"" + n + "\",";
        keys += "\"" + n + "\":{\"keytype\":\"x\",\"scheme\":\"y\",\"keyval\":{\"public\":\"\"}},";
    }
    CHECK_FALSE(
        reader.root(bytes_of(replaced(root, "\"signatures\":[", "\"signatures\":[" + signatures))).ok());
    CHECK_FALSE(reader.root(bytes_of(replaced(root, "\"keyids\":[", "\"keyids\":[" + ids))).ok());
    CHECK_FALSE(reader.root(bytes_of(replaced(root, "\"keys\":{", "\"keys\":{" + keys))).ok());
    const std::string deep(100, '[');
    CHECK_FALSE(reader
                    .root(bytes_of(replaced(root, "\"version\":1",
                                            "\"version\":1,\"x\":" + deep + std::string(100, ']'))))
                    .ok());
    CHECK_FALSE(reader.timestamp(base::Bytes(trust::limits::timestamp_bytes + 1, ' ')).ok());
}

TEST_CASE("a document cut at any byte, or with any bit turned, is refused and never crashes") {
    const JsonReader reader;
    Simulator repo;
    const base::Bytes good = repo.files["timestamp.json"];
    trust::Keys keys = repo.root.keys;
    const auto accepted = [&](const base::Bytes& bytes) {
        const auto read = reader.timestamp(bytes);
        return read.ok() && trust::TrustedSet::start(repo.files["1.root.json"], kStart, reader).ok() && [&] {
            auto set = trust::TrustedSet::start(repo.files["1.root.json"], kStart, reader).value();
            return set.finish_roots().ok() && set.update_timestamp(bytes).ok();
        }();
    };
    REQUIRE(accepted(good));
    for (std::size_t cut = 0; cut < good.size(); ++cut)
        CHECK_FALSE(accepted(base::Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(cut))));
    for (std::size_t at = 0; at < good.size(); ++at)
        for (int bit = 0; bit < 8; ++bit) {
            base::Bytes bad = good;
            bad[at] = static_cast<std::uint8_t>(bad[at] ^ 1U << bit);
            if (!accepted(bad)) continue;
            // Only the case of a signature's hexadecimal digit may differ.
            CHECK(bit == 5);
            CHECK(((good[at] >= 'a' && good[at] <= 'f') || (good[at] >= 'A' && good[at] <= 'F')));
        }
}
