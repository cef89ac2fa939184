// SPDX-License-Identifier: Apache-2.0
// Keys over files: who is asked what before something is signed, and what is written.
#include "../../domain/trust/tests/keys.hpp"

#include <cli/console.hpp>
#include <doctest/doctest.h>
#include <map>
#include <metadata/ceremony.hpp>

using namespace oakum;
using trust::Role;
using trust::testing::TestKey;

namespace {

const base::TimePoint kNow = base::parse_time("2026-11-26T12:00:00Z").value();

constexpr std::string_view kPoint = "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
                                    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";

// Files in memory; the file of a key is "key NUMBER HOLDER PASSPHRASE", plain without the last two.
class Tools final : public cli::KeyTools {
  public:
    std::map<std::string, std::string> files;
    int next = 1;

    base::Result<Made> make_sealed(std::string_view holder, std::string_view passphrase) override {
        const int number = next++;
        return Made{"key " + std::to_string(number) + " " + std::string(holder) + " " +
                        std::string(passphrase),
                    {base::SignatureScheme::ed25519, raw(number)}};
    }
    base::Result<Made> make_plain() override {
        const int number = next++;
        return Made{"key " + std::to_string(number), {base::SignatureScheme::ed25519, raw(number)}};
    }
    // The token "pkcs11:NUMBER" has that key, and the PIN 1234; a new one is of P-256.
    base::Result<Made> in_token(std::string_view holder, const InToken& wish) override {
        asked_of = wish;
        if (wish.pin != "1234") return base::denied("the PIN is another one");
        const int number = std::stoi(wish.uri.substr(7));
        if (wish.made)
            return Made{"key 0 " + std::string(holder) + " 1234 " + wish.uri,
                        {*wish.made, base::from_hex(kPoint).value()}};
        return Made{"key " + std::to_string(number) + " " + std::string(holder) + " 1234 " + wish.uri,
                    {base::SignatureScheme::ed25519, raw(number)}};
    }
    InToken asked_of;
    std::string module;
    base::Result<About> about(std::string_view text) override {
        const std::vector<std::string> words = words_of(text);
        if (words.size() < 2 || words[0] != "key") return base::invalid("no key");
        return About{words.size() > 2 ? words[2] : "",
                     {base::SignatureScheme::ed25519, raw(std::stoi(words[1]))},
                     words.size() > 4   ? Kept::token
                     : words.size() > 2 ? Kept::sealed
                                        : Kept::plain,
                     words.size() > 4 ? words[4] : ""};
    }
    base::Result<Signing> open(std::string_view text, std::string_view passphrase,
                               const std::string& by) override {
        module = by;
        const std::vector<std::string> words = words_of(text);
        if (words.size() > 3 && words[3] != passphrase) return base::denied("the passphrase is another one");
        return Signing([key = TestKey::ed25519(std::stoi(words.at(1)))](base::ByteView message)
                           -> base::Result<base::Bytes> { return key.sign(message); });
    }
    base::Status write(const std::string& path, std::string_view text, bool, bool fresh) override {
        if (fresh && files.contains(path)) return base::conflict(path + " is there already: name a new file");
        files[path] = text;
        return {};
    }
    base::Result<std::string> read(const std::string& path, std::size_t) override {
        const auto found = files.find(path);
        if (found == files.end()) return base::not_found(path + " is not there");
        return found->second;
    }

    static base::Bytes raw(int number) {
        return base::from_hex(TestKey::ed25519(number).public_key().public_text).value();
    }
    static std::vector<std::string> words_of(std::string_view text) {
        std::vector<std::string> words(1);
        for (const char c : text)
            if (c == ' ')
                words.emplace_back();
            else
                words.back() += c;
        return words;
    }
};

struct World {
    Tools tools;
    std::string out, err;
    std::vector<std::string> answers;
    cli::Console console;

    World() {
        console.out = [this](std::string_view text) { out += text; };
        console.err = [this](std::string_view text) { err += text; };
        console.now = [] { return kNow; };
        console.keys = [this]() -> cli::KeyTools& { return tools; };
        console.environment = [](const char*) { return std::string(); };
        console.ask = [this](std::string_view, bool) -> base::Result<std::string> {
            if (answers.empty()) return base::invalid("nothing was typed");
            std::string answer = answers.front();
            answers.erase(answers.begin());
            return answer;
        };
        // A server whose four keys are 91 to 94.
        trust::Root root;
        std::map<trust::KeyId, TestKey> keys;
        int number = 91;
        for (const Role role : trust::kRoles) {
            const TestKey key = TestKey::ed25519(number++);
            const trust::KeyId id = metadata::key_id(key.public_key()).value();
            root.keys.insert_or_assign(id, key.public_key());
            root.signers(role).keys.push_back(id);
            keys.emplace(id, key);
        }
        const auto issue = metadata::create(root, kNow, {},
                                            [&](const std::string&, const trust::KeyId& id,
                                                base::ByteView message) -> base::Result<base::Bytes> {
                                                return keys.at(id).sign(message);
                                            })
                               .value();
        tools.files["public/root.json"] = base::as_text(issue.files[0].bytes);
        tools.files["public/targets.json"] = base::as_text(issue.files[1].bytes);
        tools.files["offline/root.pem"] = "key 91";
    }
    int run(const std::vector<std::string>& words, std::vector<std::string> typed = {}) {
        out.clear(), err.clear();
        answers = std::move(typed);
        return cli::run(words, console);
    }
    void make(const std::string& holder) {
        REQUIRE(run({"key", "create", holder, "--holder", holder}, {"long-" + holder, "long-" + holder}) ==
                0);
    }
    bool said(std::string_view text) const {
        return out.find(text) != std::string::npos || err.find(text) != std::string::npos;
    }
};

} // namespace

TEST_CASE("a ceremony over files: made, shown, signed by each, and complete with the last") {
    World world;
    for (const char* holder : {"anna", "ben"})
        world.make(holder);
    CHECK(world.said("ben.pub"));
    CHECK(world.run({"key", "show", "anna"}) == 0);
    CHECK(world.said("Sealed key of anna"));
    CHECK(world.run({"key", "rotate", "--from", "public", "--file", "next.json", "--add", "root=anna.pub",
                     "--add", "root=ben.pub", "--threshold", "root=2"}) == 0);
    CHECK(world.said("root gains the key of anna ("));
    CHECK(world.said("root: 2 of 3 keys must sign; before it was 1 of 1 key"));
    CHECK(world.said("what is signed has the SHA-256 "));

    const std::string unsigned_file = world.tools.files["next.json"];
    CHECK(world.run({"key", "sign", "next.json", "--key", "anna", "--root", "public/root.json"}, {"no"}) ==
          4);
    CHECK(world.said("nothing was signed"));
    CHECK(world.run({"key", "sign", "next.json", "--key", "anna", "--root", "public/root.json"},
                    {"yes", "wrong"}) == 4);
    CHECK(world.tools.files["next.json"] == unsigned_file);
    CHECK(world.run({"key", "sign", "next.json", "--key", "anna", "--without-root"}, {"yes", "long-anna"}) ==
          0);
    CHECK(world.said("others have to sign it too"));
    CHECK(world.run({"key", "sign", "next.json", "--key", "offline/root.pem", "--without-root", "--yes"}) ==
          0);
    CHECK(world.said("has all the signatures that it needs"));
    CHECK(world.run({"key", "show", "next.json"}) == 0);
    CHECK(world.said("the present root needs 1: has enough"));
}

TEST_CASE("a signer who keeps the root is not shown differences to another one") {
    World world, other;
    REQUIRE(world.run({"key", "rotate", "--from", "public", "--file", "next.json"}) == 0);
    CHECK(world.said("Root 2 takes the place of root 1"));
    REQUIRE(world.run({"key", "sign", "next.json", "--key", "offline/root.pem", "--without-root", "--yes"}) ==
            0);
    world.tools.files["kept.json"] = world.tools.files["next.json"]; // it made root 2
    REQUIRE(world.run({"key", "rotate", "--from", "public", "--file", "another.json"}) == 0);
    world.tools.files["next.json"] = world.tools.files["another.json"];
    CHECK(world.run({"key", "sign", "next.json", "--key", "offline/root.pem", "--root", "kept.json",
                     "--yes"}) == 4);
    CHECK(world.said("another root"));
    CHECK(world.run({"key", "sign", "next.json", "--key", "offline/root.pem", "--root", "public/root.json",
                     "--yes"}) == 0);
}

TEST_CASE("a key is revoked by its holder's name, wherever it stands") {
    World world;
    world.make("anna");
    REQUIRE(world.run({"key", "rotate", "--from", "public", "--file", "one.json", "--add", "root=anna.pub",
                       "--add", "targets=anna.pub"}) == 0);
    REQUIRE(world.run({"key", "sign", "one.json", "--key", "offline/root.pem", "--without-root", "--yes"}) ==
            0);
    const metadata::Ceremony ceremony = metadata::read_ceremony(world.tools.files["one.json"]).value();
    REQUIRE(ceremony.documents.size() == 2);
    world.tools.files["public/root.json"] = base::as_text(
        metadata::envelope(ceremony.documents[0].signed_json, ceremony.documents[0].signatures));
    // The root that is trusted has to be signed by its own: by anna too.
    CHECK(world.run({"key", "revoke", "nobody", "--from", "public", "--file", "two.json"}) == 3);
    CHECK(world.run({"key", "revoke", "anna", "--from", "public", "--file", "two.json"}) == 0);
    CHECK(world.said("root loses the key of anna ("));
    CHECK(world.said("targets loses the key of anna ("));
    CHECK(world.run({"key", "revoke", "anna", "--from", "public", "--file", "two.json"}) ==
          5); // never over a file
}

TEST_CASE("what cannot be is said before a file is written") {
    World world;
    world.make("anna");
    const std::vector<std::vector<std::string>> wrong = {
        {"--add", "root"},         {"--add", "root=missing"},   {"--add", "boss=anna.pub"},
        {"--remove", "root=1234"}, {"--threshold", "root=two"}, {"--threshold", "root=2"},
        {"--threshold", "root=0"}, {"--add", "root=anna"}};
    for (const auto& words : wrong) {
        CAPTURE(words[1]);
        std::vector<std::string> line{"key", "rotate", "--from", "public", "--file", "bad.json"};
        line.insert(line.end(), words.begin(), words.end());
        CHECK(world.run(line) != 0);
        CHECK_FALSE(world.tools.files.contains("bad.json"));
    }
    CHECK(world.run({"key", "create", "x", "--holder", "x"}, {"one passphrase", "another"}) == 1);
    CHECK_FALSE(world.tools.files.contains("x"));
    CHECK(world.run({"key", "create", "folder", "--online", "root"}) != 0);
    CHECK(world.run({"key", "create", "folder", "--online", "timestamp"}) == 0);
    CHECK(world.said("folder/timestamp-"));
}

TEST_CASE("the list of releases is renewed by the keys of targets alone") {
    World world;
    REQUIRE(world.run({"key", "renew", "--from", "public", "--file", "again.json"}) == 0);
    CHECK(world.said("its 0 targets stay as they are"));
    world.tools.files["targets.key"] = "key 94";
    CHECK(world.run({"key", "sign", "again.json", "--key", "offline/root.pem", "--without-root", "--yes"}) ==
          4);
    CHECK(world.run({"key", "renew", "--from", "public", "--file", "less.json", "--without", "a/b"}) == 3);
    CHECK_FALSE(world.tools.files.contains("less.json"));
    CHECK(world.run({"key", "sign", "again.json", "--key", "targets.key", "--without-root", "--yes"}) == 0);
    CHECK(world.said("has all the signatures that it needs"));
}

TEST_CASE("who names no root of their own has to say so, in words or in an option") {
    World world;
    REQUIRE(world.run({"key", "rotate", "--from", "public", "--file", "next.json"}) == 0);
    const std::string unsigned_file = world.tools.files["next.json"];
    const std::vector<std::string> sign{"key", "sign", "next.json", "--key", "offline/root.pem"};
    CHECK(world.run(sign, {"yes"}) == 4);
    std::vector<std::string> with_yes = sign;
    with_yes.emplace_back("--yes");
    CHECK(world.run(with_yes) == 1);
    CHECK(world.said("--without-root"));
    CHECK(world.tools.files["next.json"] == unsigned_file);
    CHECK(world.run(sign, {"without a root of mine"}) == 0);
    CHECK(world.tools.files["next.json"] != unsigned_file);
}

TEST_CASE("a signer who keeps the list is shown what others changed, and signs nothing that starts from an "
          "older one") {
    World world;
    world.tools.files["targets.key"] = "key 94";
    REQUIRE(world.run({"key", "renew", "--from", "public", "--file", "one.json"}) == 0);
    const std::vector<std::string> sign{
        "key", "sign", "one.json", "--key", "targets.key", "--root", "public/root.json", "--yes", "--list"};
    const auto with = [&](const char* list) {
        std::vector<std::string> words = sign;
        words.emplace_back(list);
        return words;
    };
    CHECK(world.run(with("public/targets.json")) == 0);
    CHECK(world.said("It starts from the list of releases that you keep"));
    CHECK(world.run(with("one.json")) == 4); // signed since: the list in it is newer
    CHECK(world.said("do not sign it"));
    CHECK(world.run({"key", "show", "one.json"}) == 0);
    CHECK(world.said("in all 0 targets"));
}

TEST_CASE("a public half says what its holder reads aloud") {
    World world;
    world.make("anna");
    CHECK(world.run({"key", "show", "anna.pub"}) == 0);
    CHECK(world.said("Public key of anna"));
    CHECK(world.said("public ed25519 " + TestKey::ed25519(1).public_key().public_text));
}

TEST_CASE("a key in a token is asked for its PIN, and signs as one in a file does") {
    World world;
    const std::vector<std::string> create{"key", "create", "anna", "--holder", "anna", "--token", "pkcs11:7"};
    CHECK(world.run(create, {"4321"}) == 4);
    CHECK_FALSE(world.tools.files.contains("anna"));
    CHECK(world.run(create, {"1234"}) == 0);
    CHECK(world.said("Keep the token and its PIN apart"));
    CHECK_FALSE(world.tools.asked_of.made.has_value());
    CHECK(world.run({"key", "show", "anna"}) == 0);
    CHECK(world.said("Token key of anna"));
    CHECK(world.said("in pkcs11:7"));
    CHECK(world.run({"key", "rotate", "--from", "public", "--file", "next.json", "--add", "root=anna.pub"}) ==
          0);
    const std::vector<std::string> sign{"key",  "sign",           "next.json", "--key",
                                        "anna", "--without-root", "--module",  "/dev/null"};
    CHECK(world.run(sign, {"yes", "0000"}) == 4);
    CHECK(world.run(sign, {"yes", "1234"}) == 0);
    CHECK(world.tools.module == "/dev/null");
    CHECK(world.said("others have to sign it too"));
}

TEST_CASE("a key is made in a token when that is asked for, also of P-256, and never beside a token") {
    World world;
    CHECK(world.run({"key", "create", "ben", "--holder", "ben", "--token", "pkcs11:8", "--generate", "p256"},
                    {"1234"}) == 0);
    CHECK(world.tools.asked_of.made == base::SignatureScheme::ecdsa_sha2_nistp256);
    CHECK(world.run({"key", "show", "ben.pub"}) == 0);
    CHECK(world.said("public ecdsa -----BEGIN PUBLIC KEY-----"));
    CHECK(world.run({"key", "rotate", "--from", "public", "--file", "next.json", "--add", "root=ben.pub"}) ==
          0);
    // Nothing is made in the token for a file that has no place.
    world.tools.asked_of = {};
    CHECK(world.run({"key", "create", "ben", "--holder", "ben", "--token", "pkcs11:9", "--generate", "p256"},
                    {"1234"}) == 5);
    CHECK(world.tools.asked_of.uri.empty());
    CHECK(world.run({"key", "create", "x", "--holder", "x", "--generate", "ed25519"}) == 2);
    CHECK(world.run({"key", "create", "x", "--holder", "x", "--token", "pkcs11:8", "--generate", "rsa"}) ==
          2);
    CHECK(world.run({"key", "create", "folder", "--online", "timestamp", "--token", "pkcs11:8"}) == 2);
}
