// SPDX-License-Identifier: Apache-2.0
// `oakum log` over folders: what is shown, and what is caught.
#include "../../codecs/tlog/tests/signer.hpp"

#include <cli/console.hpp>
#include <metadata/log_entry.hpp>
#include <tlog/kept_tiles.hpp>
#include <tlog/sight.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

using namespace oakum;
namespace fs = std::filesystem;

namespace {

const std::string kName = "oakum/log/00ff";
const base::TimePoint kAt = base::parse_time("2026-11-26T12:00:00Z").value();

std::string read_text(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}
void write_text(const fs::path& path, std::string_view text) {
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

// Files as they are.
class Tools final : public cli::KeyTools {
  public:
    base::Result<Made> make_sealed(std::string_view, std::string_view) override { return base::bug("no"); }
    base::Result<Made> make_plain() override { return base::bug("no"); }
    base::Result<About> about(std::string_view) override { return base::invalid("no key"); }
    base::Result<Made> in_token(std::string_view, const InToken&) override { return base::bug("no"); }
    base::Result<Signing> open(std::string_view, std::string_view, const std::string&) override {
        return base::bug("no");
    }
    base::Status write(const std::string&, std::string_view, bool, bool) override { return base::bug("no"); }
    base::Result<std::string> read(const std::string& path, std::size_t) override {
        if (!fs::exists(path)) return base::not_found(path + " is not there");
        return read_text(path);
    }
};

// One epoch, as a server writes it.
struct Log {
    std::uint64_t epoch = 1'764'000'000;
    std::vector<std::string> entries;
    std::string signer = "one";

    std::string note() const {
        tlog::KeptTiles tiles = kept();
        tlog::testing::Signer key(signer);
        key.key.name = kName;
        return tlog::encode(key.sign(
            tlog::encode(tlog::Checkpoint{tlog::origin_of(kName, epoch), tiles.size(), tiles.root(), {}})
                .value()));
    }
    tlog::KeptTiles kept() const {
        tlog::KeptTiles tiles;
        for (const std::string& entry : entries)
            tiles.append(transparency::leaf_hash(base::as_bytes(entry)));
        return tiles;
    }
    void write_to(const fs::path& folder) const {
        const fs::path place = folder / std::to_string(epoch);
        const tlog::KeptTiles tiles = kept();
        for (const tlog::Tile& tile : tlog::new_tiles(0, tiles.size())) {
            write_text(place / tlog::tile_path(tile), base::as_text(tiles.hashes(tile).value()));
            if (tile.level > 0) continue;
            std::vector<base::Bytes> bundle;
            for (std::uint64_t i = tile.index * 256; i < tile.index * 256 + tile.width; ++i)
                bundle.emplace_back(entries[i].begin(), entries[i].end());
            const base::Bytes bytes = tlog::encode_entries(bundle).value();
            write_text(place / tlog::entries_path(tile), base::as_text(bytes));
        }
        write_text(place / "checkpoint", note());
        write_text(folder / "checkpoint", note());
        write_text(folder / "key", vkey(signer) + "\n");
    }
    static std::string vkey(const std::string& signer) {
        tlog::NoteKey key = tlog::testing::Signer(signer).key;
        key.name = kName;
        return tlog::encode(key);
    }
};

struct World {
    fs::path folder;
    Tools tools;
    std::string out, err;
    cli::Console console;
    Log log;

    World() {
        std::string name = (fs::temp_directory_path() / "oakum-log-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        folder = name;
        console.out = [this](std::string_view text) { out += text; };
        console.err = [this](std::string_view text) { err += text; };
        console.now = [] { return kAt; };
        console.keys = [this]() -> cli::KeyTools& { return tools; };
        console.environment = [](const char*) { return std::string(); };
        log.entries.push_back(metadata::begin_entry(tlog::origin_of(kName, log.epoch), kAt, {}).value());
        grow(600);
    }
    World(const World&) = delete;
    World& operator=(const World&) = delete;
    ~World() { fs::remove_all(folder); }

    void grow(std::size_t to) {
        while (log.entries.size() < to)
            log.entries.push_back(metadata::audit_entry(log.entries.size(),
                                                        base::sha256(std::to_string(log.entries.size())), kAt)
                                      .value());
    }
    std::string at(const std::string& name) const { return (folder / name).string(); }
    int run(std::vector<std::string> words) {
        out.clear(), err.clear();
        return cli::run(words, console);
    }
    int verify(std::vector<std::string> more = {}) {
        std::vector<std::string> words{"log", "verify", "--from", at("log"), "--key", Log::vkey("one")};
        words.insert(words.end(), more.begin(), more.end());
        return run(words);
    }
    bool said(std::string_view text) const {
        return out.find(text) != std::string::npos || err.find(text) != std::string::npos;
    }
};

} // namespace

TEST_CASE("a log in a folder is shown, and verified against the key and every checkpoint that was kept") {
    World world;
    for (const std::size_t size : {1U, 255U, 256U, 257U, 599U, 600U}) {
        Log older = world.log;
        older.entries.resize(size);
        write_text(world.folder / ("kept-" + std::to_string(size)), older.note());
    }
    world.log.write_to(world.folder / "log");
    std::vector<std::string> kept;
    for (const char* size : {"1", "255", "256", "257", "599", "600"}) {
        kept.emplace_back("--kept");
        kept.push_back(world.at(std::string("kept-") + size));
    }
    CHECK(world.verify(kept) == 0);
    CHECK(world.said("as it was signed:  yes"));
    CHECK(world.said("600"));
    CHECK_FALSE(world.said("served beside the log"));
    CHECK(world.run({"log", "verify", "--from", world.at("log")}) == 0);
    CHECK(world.said("served beside the log"));

    CHECK(world.run({"log", "show", "--from", world.at("log"), "--limit", "2"}) == 0);
    CHECK(world.said("audit record 599, "));
    CHECK_FALSE(world.said("audit record 597, "));
    CHECK(world.said("the newest 2"));
    CHECK(world.run({"log", "show", "--from", world.at("log"), "--kind", "begin"}) == 0);
    CHECK(world.said("begins"));
    CHECK(world.run({"log", "show", "--from", world.at("log"), "--after", "598", "--output", "json"}) == 0);
    CHECK(world.said("\"number\":598") != world.said("\"number\": 598"));
    CHECK_FALSE(world.said("597"));
    CHECK(world.run({"log", "checkpoint", "--from", world.at("log"), "--file", world.at("now")}) == 0);
    CHECK(read_text(world.folder / "now") == world.log.note());
    CHECK(world.run({"log", "checkpoint", "--from", world.at("log"), "--file", world.at("now")}) == 5);
}

TEST_CASE("an entry, a tile or a signature that was changed is caught") {
    World world;
    const auto fresh = [&] {
        fs::remove_all(world.folder / "log");
        world.log.write_to(world.folder / "log");
    };
    const fs::path place = world.folder / "log" / std::to_string(world.log.epoch);
    const auto change = [&](const fs::path& file, std::size_t at) {
        std::string text = read_text(file);
        text.at(at) = static_cast<char>(text[at] ^ 1);
        write_text(file, text);
    };
    fresh();
    change(place / "tile/entries/001", 300);
    CHECK(world.verify() != 0);
    CHECK(world.said("an entry was changed"));
    fresh();
    change(place / "tile/0/000", 40);
    CHECK(world.verify() != 0);
    CHECK(world.said("tile/0/000 is not what the entries make it"));
    fresh();
    fs::remove(place / "tile/1/000.p/2");
    CHECK(world.verify() != 0);
    CHECK(world.said("lacks"));
    fresh();
    fs::remove(place / "tile/entries/002.p/88");
    CHECK(world.verify() != 0);
    fresh();
    world.log.signer = "thief";
    fresh();
    CHECK(world.verify() == 4);
    CHECK(world.said("no key that is known here signed it"));
    // On its own word it is whole.
    CHECK(world.run({"log", "verify", "--from", world.at("log")}) == 0);
}

TEST_CASE("two histories are told apart by a checkpoint of either") {
    World world;
    Log other = world.log;
    other.entries[400] = metadata::audit_entry(400, base::sha256("another"), kAt).value();
    write_text(world.folder / "of-another", other.note());
    Log longer = world.log;
    longer.entries.push_back(longer.entries.back());
    write_text(world.folder / "of-longer", longer.note());
    Log before = other;
    before.entries.resize(500);
    write_text(world.folder / "of-another-before", before.note());
    world.log.write_to(world.folder / "log");
    CHECK(world.verify({"--kept", world.at("of-another")}) != 0);
    CHECK(world.said("are others than before"));
    CHECK(world.verify({"--kept", world.at("of-longer")}) != 0);
    CHECK(world.said("and had 601 before"));
    CHECK(world.verify({"--kept", world.at("of-another-before")}) != 0);
    CHECK(world.said("the proof does not hold"));
    CHECK(world.said("as it was signed:  no"));
    CHECK(world.verify() == 0); // each is whole by itself
}

TEST_CASE(
    "a log that a restore began anew goes on from what was kept of the older one, or says what was lost") {
    World world;
    write_text(world.folder / "lost", world.log.note());
    world.log.entries.resize(590);
    write_text(world.folder / "last", world.log.note());
    Log before = world.log;
    before.entries.resize(10);
    write_text(world.folder / "early", before.note());
    world.log.write_to(world.folder / "log");
    Log after;
    after.epoch = world.log.epoch + 100;
    after.entries.push_back(metadata::begin_entry(tlog::origin_of(kName, after.epoch), kAt,
                                                  metadata::LogBefore{tlog::origin_of(kName, world.log.epoch),
                                                                      590, world.log.kept().root()})
                                .value());
    after.write_to(world.folder / "log");
    CHECK(world.verify({"--kept", world.at("last"), "--kept", world.at("early")}) == 0);
    CHECK(world.verify({"--kept", world.at("lost")}) != 0);
    CHECK(world.said("a restore lost the entries from 590 to 599"));
    // And nobody goes back to it.
    write_text(world.folder / "after", after.note());
    world.log.write_to(world.folder / "log");
    CHECK(world.verify({"--kept", world.at("after")}) != 0);
    CHECK(world.said("one that began later"));
}

TEST_CASE("a copy takes what is new, and stays as it is where the log does not go on from it") {
    World world;
    world.log.entries.resize(300);
    world.log.write_to(world.folder / "log");
    const std::vector<std::string> fetch{"log",           "fetch", world.at("copy"), "--from",
                                         world.at("log"), "--key", Log::vkey("one")};
    std::vector<std::string> dry = fetch;
    dry.emplace_back("--dry-run");
    CHECK(world.run(dry) == 0);
    CHECK_FALSE(fs::exists(world.folder / "copy"));
    CHECK(world.run(fetch) == 0);
    CHECK(world.said("300 new entries"));
    world.grow(700);
    world.log.write_to(world.folder / "log");
    CHECK(world.run(fetch) == 0);
    CHECK(world.said("400 new entries"));
    CHECK(world.run({"log", "verify", "--from", world.at("copy"), "--key", Log::vkey("one")}) == 0);
    world.log.entries[3] = metadata::audit_entry(3, base::sha256("another"), kAt).value();
    world.grow(800);
    world.log.write_to(world.folder / "log");
    CHECK(world.run(fetch) != 0);
    CHECK(world.said("stays as it is"));
    CHECK(world.run({"log", "verify", "--from", world.at("copy"), "--key", Log::vkey("one")}) == 0);
    CHECK(world.said("700"));
}

TEST_CASE("without a log, a key or a root that names one it is said what is missing") {
    World world;
    fs::create_directories(world.folder / "empty");
    CHECK(world.run({"log", "verify", "--from", world.at("empty")}) == 3);
    CHECK(world.run({"log", "verify", "--from", world.at("empty"), "--key", Log::vkey("one")}) == 3);
    CHECK(world.run({"log", "verify", "--from", world.at("empty"), "--key", "none"}) == 3);
    write_text(world.folder / "bad", "no key\n");
    CHECK(world.run({"log", "verify", "--from", world.at("empty"), "--key", world.at("bad")}) == 1);
    CHECK(world.run({"log", "verify", "--from", world.at("nowhere")}) == 2);
}
