// SPDX-License-Identifier: Apache-2.0
#include <blobs/file_blobs.hpp>

#include <doctest/doctest.h>

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

using namespace oakum;
using blobs::BlobOptions;
using blobs::FileBlobs;
namespace fs = std::filesystem;

namespace {

class TemporaryFolder {
  public:
    TemporaryFolder() {
        std::string name = (fs::temp_directory_path() / "oakum-blobs-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    const fs::path& path() const { return path_; }

  private:
    fs::path path_;
};

std::unique_ptr<FileBlobs> open(const BlobOptions& options) {
    auto blobs = FileBlobs::open(options);
    REQUIRE(blobs.ok());
    return std::move(blobs).value();
}

BlobOptions in(const TemporaryFolder& folder) {
    BlobOptions options;
    options.folder = folder.path() / "data";
    return options;
}

std::string some_bytes(std::size_t length) {
    std::string out(length, '\0');
    std::uint32_t state = 12345;
    for (auto& c : out) {
        state = state * 1664525 + 1013904223;
        c = static_cast<char>(state >> 24);
    }
    return out;
}

std::string contents(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void put(FileBlobs& blobs, const std::string& name, const std::string& bytes) {
    REQUIRE(blobs.begin(name, bytes.size()).value() == 0);
    REQUIRE(blobs.append(name, 0, base::as_bytes(bytes)).ok());
    REQUIRE(blobs.finish(name, base::sha256(bytes)).ok());
}

template <class Result> base::ErrorKind kind(const Result& result) {
    REQUIRE_FALSE(result.ok());
    return result.error().kind;
}

} // namespace

TEST_CASE("an artifact that came in pieces is found under its digest, read-only") {
    const TemporaryFolder folder;
    const auto blobs = open(in(folder));
    const auto bytes = some_bytes(3'000'000);
    const auto digest = base::sha256(bytes);
    CHECK(kind(blobs->path(digest)) == base::ErrorKind::not_found);
    CHECK(blobs->begin("u-1", bytes.size()).value() == 0);
    for (std::size_t at = 0; at < bytes.size(); at += 700'000)
        REQUIRE(blobs->append("u-1", at, base::as_bytes(std::string_view(bytes).substr(at, 700'000))).ok());
    CHECK(kind(blobs->path(digest)) == base::ErrorKind::not_found);
    REQUIRE(blobs->finish("u-1", digest).ok());
    const auto path = blobs->path(digest).value();
    const std::string hex = digest.hex();
    CHECK(path == folder.path() / "data" / "artifacts" / hex.substr(0, 2) / hex.substr(2));
    CHECK(contents(path) == bytes);
    struct stat about{};
    REQUIRE(::stat(path.c_str(), &about) == 0);
    CHECK((about.st_mode & 0777) == 0444);
    CHECK(blobs->rehash(digest).ok());
    CHECK(fs::is_empty(folder.path() / "data" / "uploads"));
}

TEST_CASE("an upload goes on where it was after a restart") {
    const TemporaryFolder folder;
    const auto bytes = some_bytes(100'000);
    {
        const auto blobs = open(in(folder));
        REQUIRE(blobs->begin("u-1", bytes.size()).ok());
        REQUIRE(blobs->append("u-1", 0, base::as_bytes(std::string_view(bytes).substr(0, 60'000))).ok());
        CHECK(blobs->begin("u-1", bytes.size()).value() == 60'000);
    }
    const auto blobs = open(in(folder));
    CHECK(kind(blobs->append("u-1", 60'000, base::as_bytes(bytes))) == base::ErrorKind::not_found);
    CHECK(blobs->begin("u-1", bytes.size()).value() == 60'000);
    REQUIRE(blobs->append("u-1", 60'000, base::as_bytes(std::string_view(bytes).substr(60'000))).ok());
    REQUIRE(blobs->finish("u-1", base::sha256(bytes)).ok());
    CHECK(contents(blobs->path(base::sha256(bytes)).value()) == bytes);
}

TEST_CASE("a piece at another offset is a conflict that names the right one, and changes nothing") {
    const TemporaryFolder folder;
    const auto blobs = open(in(folder));
    REQUIRE(blobs->begin("u-1", 10).ok());
    REQUIRE(blobs->append("u-1", 0, base::as_bytes("abcde")).ok());
    for (const std::uint64_t offset : {0ULL, 4ULL, 6ULL, ~0ULL}) {
        const auto status = blobs->append("u-1", offset, base::as_bytes("x"));
        CHECK(kind(status) == base::ErrorKind::conflict);
        CHECK(status.error().message.find("byte 5") != std::string::npos);
    }
    CHECK(kind(blobs->append("u-1", 5, base::as_bytes("fghijk"))) == base::ErrorKind::too_large);
    REQUIRE(blobs->append("u-1", 5, base::as_bytes("fghij")).ok());
    CHECK(blobs->finish("u-1", base::sha256("abcdefghij")).ok());
}

TEST_CASE("a wrong digest or a missing rest is refused, and no artifact appears") {
    const TemporaryFolder folder;
    const auto blobs = open(in(folder));
    REQUIRE(blobs->begin("u-1", 4).ok());
    REQUIRE(blobs->append("u-1", 0, base::as_bytes("abc")).ok());
    CHECK(kind(blobs->finish("u-1", base::sha256("abc"))) == base::ErrorKind::invalid);
    REQUIRE(blobs->append("u-1", 3, base::as_bytes("d")).ok());
    CHECK(kind(blobs->finish("u-1", base::sha256("something else"))) == base::ErrorKind::invalid);
    CHECK(kind(blobs->path(base::sha256("abcd"))) == base::ErrorKind::not_found);
    CHECK(kind(blobs->finish("u-1", base::sha256("abcd"))) == base::ErrorKind::not_found);
    put(*blobs, "u-1", "abcd");
    CHECK(blobs->path(base::sha256("abcd")).ok());
}

TEST_CASE("names that could leave the folder, or hide in it, are refused") {
    const TemporaryFolder folder;
    const auto blobs = open(in(folder));
    for (const std::string name :
         {"", "..", "../x", "a/b", "/etc/passwd", "A", "a.part", "-a", "a b", "ä", ".hidden"}) {
        CAPTURE(name);
        CHECK(kind(blobs->begin(name, 1)) == base::ErrorKind::invalid);
        CHECK(kind(blobs->discard(name)) == base::ErrorKind::invalid);
    }
    CHECK(kind(blobs->begin(std::string(65, 'a'), 1)) == base::ErrorKind::invalid);
    CHECK(blobs->begin(std::string(64, 'a'), 1).ok());
    CHECK(kind(blobs->begin(std::string("a\0b", 3), 1)) == base::ErrorKind::invalid);
}

TEST_CASE("a link in the place of an upload is not followed") {
    const TemporaryFolder folder;
    const auto outside = folder.path() / "outside";
    std::ofstream(outside) << "mine";
    const auto blobs = open(in(folder));
    fs::create_symlink(outside, folder.path() / "data" / "uploads" / "u-1.part");
    CHECK_FALSE(blobs->begin("u-1", 100).ok());
    CHECK(contents(outside) == "mine");
}

TEST_CASE("limits hold for one upload, for their number, and for all bytes together") {
    const TemporaryFolder folder;
    auto options = in(folder);
    options.largest_upload = 1000;
    options.largest_total = 1500;
    options.most_uploads = 2;
    {
        const auto blobs = open(options);
        CHECK(kind(blobs->begin("u-1", 0)) == base::ErrorKind::invalid);
        CHECK(kind(blobs->begin("u-1", 1001)) == base::ErrorKind::too_large);
        CHECK(blobs->begin("u-1", 1000).ok());
        CHECK(kind(blobs->begin("u-1", 999)) == base::ErrorKind::conflict);
        CHECK(kind(blobs->begin("u-2", 501)) == base::ErrorKind::unavailable);
        CHECK(blobs->begin("u-2", 500).ok());
        CHECK(kind(blobs->begin("u-3", 1)) == base::ErrorKind::unavailable);
        REQUIRE(blobs->discard("u-1").ok());
        CHECK(blobs->discard("u-1").ok());
        put(*blobs, "u-3", some_bytes(900));
    }
    const auto blobs = open(options);
    CHECK(kind(blobs->begin("u-4", 601)) == base::ErrorKind::unavailable);
    CHECK(blobs->begin("u-4", 600).ok());
}

TEST_CASE("the same artifact may be sent twice, and sending it again heals a damaged one") {
    const TemporaryFolder folder;
    const auto blobs = open(in(folder));
    const auto bytes = some_bytes(200'000);
    const auto digest = base::sha256(bytes);
    put(*blobs, "u-1", bytes);
    put(*blobs, "u-2", bytes);
    const auto path = blobs->path(digest).value();
    REQUIRE(::chmod(path.c_str(), 0644) == 0);
    {
        std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(100'000);
        file.put(static_cast<char>(bytes[100'000] ^ 1));
    }
    CHECK(kind(blobs->rehash(digest)) == base::ErrorKind::corrupt);
    put(*blobs, "u-3", bytes);
    CHECK(blobs->rehash(digest).ok());
    CHECK(kind(blobs->rehash(base::sha256("never seen"))) == base::ErrorKind::not_found);
}

TEST_CASE("a re-hash in the background keeps to its rate, and stops when it is told to") {
    const TemporaryFolder folder;
    auto options = in(folder);
    options.rehash_bytes_a_second = 2'000'000;
    const auto blobs = open(options);
    const std::string bytes(400'000, 'x');
    put(*blobs, "u-1", bytes);
    const auto begun = std::chrono::steady_clock::now();
    CHECK(blobs->rehash(base::sha256(bytes)).ok());
    CHECK(std::chrono::steady_clock::now() - begun >= std::chrono::milliseconds(200));
    blobs->stop();
    CHECK(kind(blobs->rehash(base::sha256(bytes))) == base::ErrorKind::unavailable);
    put(*blobs, "u-2", bytes); // an upload of the same bytes is checked all the same
}

TEST_CASE("uploads that nobody goes on with are ended") {
    const TemporaryFolder folder;
    const auto blobs = open(in(folder));
    REQUIRE(blobs->begin("u-1", 10).ok());
    CHECK(blobs->discard_stale(base::from_unix_ms(0)).value() == 0);
    CHECK(blobs->holds("u-1"));
    CHECK(blobs->discard_stale(base::from_unix_ms(4'000'000'000'000)).value() == 1);
    CHECK_FALSE(blobs->holds("u-1"));
    CHECK(kind(blobs->append("u-1", 0, base::as_bytes("x"))) == base::ErrorKind::not_found);
    CHECK(fs::is_empty(folder.path() / "data" / "uploads"));
}

TEST_CASE("threads that send the same upload do not mix their pieces") {
    const TemporaryFolder folder;
    const auto blobs = open(in(folder));
    const auto bytes = some_bytes(64'000);
    REQUIRE(blobs->begin("u-1", bytes.size()).ok());
    std::vector<std::thread> senders;
    for (int n = 0; n < 4; ++n)
        senders.emplace_back([&] {
            for (std::size_t at = 0; at < bytes.size();) {
                const auto status =
                    blobs->append("u-1", at, base::as_bytes(std::string_view(bytes).substr(at, 1000)));
                // Whoever comes second moves on: the piece is there.
                if (status.ok() || status.error().kind == base::ErrorKind::conflict)
                    at = blobs->begin("u-1", bytes.size()).value();
            }
        });
    for (auto& sender : senders)
        sender.join();
    CHECK(blobs->finish("u-1", base::sha256(bytes)).ok());
}

// In a child, since limits cannot be raised again.
TEST_CASE("a full disk refuses the piece, keeps what was held, and the upload goes on when there is room") {
    const TemporaryFolder folder;
    const auto bytes = some_bytes(300'000);
    const auto child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        ::signal(SIGXFSZ, SIG_IGN);
        auto blobs = FileBlobs::open(in(folder));
        if (!blobs.ok() || !(*blobs)->begin("u-1", bytes.size()).ok()) ::_exit(1);
        if (!(*blobs)->append("u-1", 0, base::as_bytes(std::string_view(bytes).substr(0, 100'000))).ok())
            ::_exit(2);
        rlimit limit{};
        ::getrlimit(RLIMIT_FSIZE, &limit);
        const rlimit small{150'000, limit.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &small);
        const auto full =
            (*blobs)->append("u-1", 100'000, base::as_bytes(std::string_view(bytes).substr(100'000)));
        if (full.ok() || full.error().kind != base::ErrorKind::unavailable) ::_exit(3);
        if (full.error().message.find("free space") == std::string::npos) ::_exit(4);
        if ((*blobs)->begin("u-1", bytes.size()).value_or(0) != 100'000) ::_exit(5);
        if (fs::file_size(folder.path() / "data" / "uploads" / "u-1.part") != 100'000) ::_exit(6);
        ::setrlimit(RLIMIT_FSIZE, &limit);
        if (!(*blobs)->append("u-1", 100'000, base::as_bytes(std::string_view(bytes).substr(100'000))).ok())
            ::_exit(7);
        if (!(*blobs)->finish("u-1", base::sha256(bytes)).ok()) ::_exit(8);
        ::_exit(0);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
    const auto blobs = open(in(folder));
    CHECK(contents(blobs->path(base::sha256(bytes)).value()) == bytes);
}

TEST_CASE("a process that is killed while it uploads leaves a resumable upload or a whole artifact, never a "
          "torn one") {
    const auto bytes = some_bytes(400'000);
    const auto digest = base::sha256(bytes);
    for (unsigned round = 0; round < 12; ++round) {
        const TemporaryFolder folder;
        const auto child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            auto blobs = FileBlobs::open(in(folder));
            if (!blobs.ok() || !(*blobs)->begin("u-1", bytes.size()).ok()) ::_exit(1);
            for (std::size_t at = 0; at < bytes.size(); at += 10'000)
                if (!(*blobs)
                         ->append("u-1", at, base::as_bytes(std::string_view(bytes).substr(at, 10'000)))
                         .ok())
                    ::_exit(2);
            if (!(*blobs)->finish("u-1", digest).ok()) ::_exit(3);
            ::_exit(0);
        }
        ::usleep(300 * round);
        ::kill(child, SIGKILL);
        int status = 0;
        REQUIRE(::waitpid(child, &status, 0) == child);
        if (WIFEXITED(status)) CHECK(WEXITSTATUS(status) == 0);
        const auto blobs = open(in(folder));
        if (blobs->path(digest).ok()) {
            CHECK(blobs->rehash(digest).ok());
            continue;
        }
        const auto held = blobs->begin("u-1", bytes.size()).value();
        REQUIRE(held <= bytes.size());
        REQUIRE(blobs->append("u-1", held, base::as_bytes(std::string_view(bytes).substr(held))).ok());
        CHECK(blobs->finish("u-1", digest).ok());
    }
}
