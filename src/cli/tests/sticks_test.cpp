// SPDX-License-Identifier: Apache-2.0
#include "world.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <base/digest.hpp>

using namespace oakum;
using cli::test::World;

namespace {

// A folder in memory.
class Memory final : public ports::CarriedFolder {
  public:
    using Files = std::map<std::string, std::string>;
    Memory(Files& files, const int& room) : files_(files), room_(room) {}
    base::Result<std::optional<std::string>> read(const std::string& folder, const std::string& name,
                                                  std::size_t max) override {
        const auto found = files_.find(key(folder, name));
        if (found == files_.end()) return std::optional<std::string>();
        if (found->second == "(a link)") return base::invalid(key(folder, name) + " is not a plain file");
        if (found->second.size() > max) return base::too_large("too large");
        return std::optional(found->second);
    }
    base::Result<std::optional<std::uint64_t>> length(const std::string& folder,
                                                      const std::string& name) override {
        const auto found = files_.find(key(folder, name));
        return found == files_.end() ? std::nullopt : std::optional<std::uint64_t>(found->second.size());
    }
    base::Status stream(const std::string& folder, const std::string& name, std::uint64_t from,
                        std::uint64_t to, const std::function<base::Status(base::ByteView)>& piece) override {
        return piece(base::as_bytes(std::string_view(files_.at(key(folder, name))).substr(from, to - from)));
    }
    base::Result<std::vector<std::string>> names(const std::string& folder, std::size_t) override {
        std::vector<std::string> names;
        for (const auto& [path, text] : files_) {
            const std::size_t slash = path.find('/');
            const std::string where = slash == std::string::npos ? "" : path.substr(0, slash);
            const std::string name = where == folder && !folder.empty() ? path.substr(slash + 1)
                                     : folder.empty()                   ? path.substr(0, slash)
                                                                        : "";
            if (!name.empty() && std::ranges::find(names, name) == names.end()) names.push_back(name);
        }
        return names;
    }
    base::Result<std::unique_ptr<File>> create(const std::string& folder, const std::string& name) override {
        return std::unique_ptr<File>(new NewFile(*this, key(folder, name)));
    }
    base::Status remove(const std::string& folder, const std::string& name) override {
        files_.erase(key(folder, name));
        return {};
    }

  private:
    class NewFile final : public File {
      public:
        NewFile(Memory& of, std::string path) : of_(of), path_(std::move(path)) {}
        base::Status write(base::ByteView piece) override {
            text_.append(base::as_text(piece));
            return {};
        }
        base::Status keep() override {
            if (of_.files_.size() >= static_cast<std::size_t>(of_.room_))
                return base::unavailable("writing " + path_ + ": No space left on device");
            of_.files_[path_] = text_;
            return {};
        }

      private:
        Memory& of_;
        std::string path_, text_;
    };
    static std::string key(const std::string& folder, const std::string& name) {
        return folder.empty() ? name : folder + "/" + name;
    }
    Files& files_;
    const int& room_;
};

struct Sticks : World {
    Memory::Files files;
    int room = 1000;
    std::string image = "an image", digest = base::sha256(std::string_view("an image")).hex();
    Sticks() {
        console.folder = [this](const std::string& path,
                                bool) -> base::Result<std::unique_ptr<ports::CarriedFolder>> {
            if (path == "/nowhere") return base::denied("opening /nowhere: Permission denied");
            return std::unique_ptr<ports::CarriedFolder>(new Memory(files, room));
        };
        answer(
            "/api/v1/sticks", 200,
            R"({"sentence":"1 device: gateway 1.5.0, good until 2026-11-29T16:00:00Z.","made":"2026-11-22T16:00:00Z",)"
            R"("expires":"2026-11-29T16:00:00Z","devices":[{"device":{"id":"01d","name":"GW-1"},)"
            R"("release":{"id":"01r","name":"gateway","version":"1.5.0"},"deployment":"01x","order":"{\"o\":1}",)"
            R"("direction":"{\"d\":1}"}],"left_out":[{"device":{"id":"02d","name":"GW-2"},"why":"it is installing already"}],)"
            R"("nothing_asked":4,"without_agent":1,"metadata":[{"name":"1.root.json","text":"{\"r\":1}"}],)"
            R"("artifacts":[{"sha256":")" +
                digest + R"(","length":8,"name":"gw.tar"}]})");
        answer("/api/v1/artifacts/" + digest, 200, image);
        answer("/log/checkpoint", 404,
               R"({"title":"Not Found","status":404,"detail":"this server has no log"})");
    }
    int run(std::vector<std::string> words) {
        out.clear();
        err.clear();
        return cli::run(words, console);
    }
};

} // namespace

TEST_CASE("an export writes all that a device needs, and says who is left out and what to do") {
    Sticks world;
    CHECK(world.run({"release", "export", "/media/usb", "--for", "site = Kiel", "--days", "14"}) == 0);
    CHECK(world.files.at("orders/01d.json") == R"({"o":1})");
    CHECK(world.files.at("directions/01d.json") == R"({"d":1})");
    CHECK(world.files.at("metadata/1.root.json") == R"({"r":1})");
    CHECK(world.files.at("artifacts/" + world.digest) == "an image");
    CHECK(world.files.at("README.txt").find("oakum-agent install FOLDER") != std::string::npos);
    CHECK(world.files.at("README.txt").find("GW-1  gateway 1.5.0") != std::string::npos);
    CHECK(world.err.find("GW-2 is left out: it is installing already") != std::string::npos);
    CHECK(world.err.find("oakum release receipts /media/usb") != std::string::npos);
    CHECK(world.asked.front().body == R"({"query":"site = Kiel","days":14})");
}

TEST_CASE("a second export replaces what the first left, keeps receipts, and fetches nothing that is there") {
    Sticks world;
    world.files = {{"oakum-stick.json", "{}"},
                   {"orders/old.json", "{}"},
                   {"directions/old.json", "{}"},
                   {"metadata/9.root.json", "{}"},
                   {"artifacts/old", "old"},
                   {"receipts/r.json", "{}"},
                   {"artifacts/" + world.digest, "an image"}};
    CHECK(world.run({"release", "export", "/media/usb", "--for", "site = Kiel"}) == 0);
    for (const char* gone :
         {"orders/old.json", "directions/old.json", "metadata/9.root.json", "artifacts/old"})
        CHECK_FALSE(world.files.contains(gone));
    CHECK(world.files.contains("receipts/r.json"));
    for (const auto& request : world.asked)
        CHECK(request.target.find("/artifacts/") == std::string::npos);
}

TEST_CASE("a folder with files of somebody else is left alone") {
    Sticks world;
    world.files = {{"artifacts/thesis.doc", "years of work"}};
    CHECK(world.run({"release", "export", "/media/usb", "--for", "site = Kiel"}) == 5);
    CHECK(world.files.size() == 1);
    CHECK(world.err.find("name another folder") != std::string::npos);
}

TEST_CASE("bytes that are not what they should be, and a full stick, say that the folder is not complete") {
    Sticks world;
    world.answer("/api/v1/artifacts/" + world.digest, 200, "another!");
    CHECK(world.run({"release", "export", "/media/usb", "--for", "site = Kiel"}) != 0);
    CHECK(world.err.find("is not complete") != std::string::npos);
    CHECK_FALSE(world.files.contains("artifacts/" + world.digest));
    CHECK_FALSE(world.files.contains("orders/01d.json"));
    Sticks full;
    full.room = 2;
    CHECK(full.run({"release", "export", "/media/usb", "--for", "site = Kiel"}) != 0);
    CHECK(full.err.find("No space left on device") != std::string::npos);
}

TEST_CASE("an export says for whom, or is not made; nothing is asked of the server before the folder opens") {
    Sticks world;
    CHECK(world.run({"release", "export", "/media/usb"}) == 1);
    CHECK(world.run({"release", "export", "/nowhere", "--for", "site = Kiel"}) == 4);
    CHECK(world.run({"--dry-run", "release", "export", "/media/usb", "--for", "site = Kiel"}) == 0);
    CHECK(world.asked.empty());
    CHECK(world.files.empty());
}

TEST_CASE("each receipt is handed over; what is refused is told and stops none of the others") {
    Sticks world;
    world.files = {{"receipts/a.json", R"({"receipt":"a"})"},
                   {"receipts/b.json", R"({"receipt":"b"})"},
                   {"receipts/c.json", "(a link)"}};
    world.answer_any = [](const ports::ClientRequest& request) -> ports::ClientResponse {
        if (request.body.find("\"a\"") != std::string::npos)
            return {200, {}, R"({"sentence":"GW-1 signed that it runs 1.5.0.","outcome":"accepted"})"};
        return {
            403,
            {},
            R"({"title":"denied","detail":"it is not signed by the key of its certificate","kind":"denied"})"};
    };
    CHECK(world.run({"release", "receipts", "/media/usb"}) == 1);
    CHECK(world.out.find("GW-1 signed that it runs 1.5.0.\n") != std::string::npos);
    CHECK(world.out.find("b.json: refused: it is not signed by the key of its certificate") !=
          std::string::npos);
    CHECK(world.out.find("c.json: refused: receipts/c.json is not a plain file") != std::string::npos);
    CHECK(world.err.find("2 of 3 receipts were refused") != std::string::npos);
    Sticks empty;
    CHECK(empty.run({"release", "receipts", "/media/usb"}) == 3);
    CHECK(empty.err.find("holds no receipts") != std::string::npos);
}
