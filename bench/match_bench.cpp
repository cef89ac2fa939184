// SPDX-License-Identifier: Apache-2.0
// LINK: codecs_feeds codecs_compression domain_advisory domain_risk storage_feed_files
//
// The matching rows of the table of numbers: compiling advisories, opening the compiled file as the server
// does, and matching 100,000 distinct components. With a folder of feeds (any depth; *.json, *.jsonl, *.csv,
// packed or not) it reads those, without one it makes 60,000 advisories of its own.  match_bench [FOLDER]
#include <advisory/compiler.hpp>
#include <advisory/match.hpp>
#include <compression/decompressor.hpp>
#include <feed_files/folder.hpp>
#include <feeds/reader.hpp>
#include <risk/cvss.hpp>

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <variant>
#include <vector>

using namespace oakum;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::size_t component_count = 100'000;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

long peak_mib() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss / 1024;
}

double cpu_seconds() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

// Names and versions to ask about: those that the records themselves speak of, in the order of products so
// that a fleet of many different products is asked about (a draw from all names would be mostly versions of
// three browsers).
class Names {
  public:
    void add(const advisory::Record& record) {
        for (const auto& statement : record.applicability)
            if (const auto* configuration = std::get_if<advisory::CpeConfiguration>(&statement))
                for (const auto& node : configuration->nodes)
                    for (const auto& match : node.matches)
                        add(match);
    }
    std::vector<component::Component> sample() {
        std::mt19937 random(7);
        std::vector<std::vector<std::string>> products;
        for (auto& [product, names] : products_) {
            products.emplace_back(names.begin(), names.end());
            std::shuffle(products.back().begin(), products.back().end(), random);
        }
        std::vector<component::Component> out;
        for (std::size_t round = 0; out.size() < component_count; ++round) {
            const auto before = out.size();
            for (const auto& names : products)
                if (round < names.size() && out.size() < component_count) {
                    component::Component c;
                    c.name = c.cpe = names[round];
                    out.push_back(std::move(c));
                }
            if (out.size() == before) break;
        }
        return out;
    }

  private:
    void add(const advisory::CpeMatch& match) {
        if (!match.vulnerable) return;
        const auto version = match.end_excluding ? match.end_excluding : match.end_including;
        if (!version) {
            if (match.criteria.find(":*:*:*:*:*:*:*:*") == std::string::npos) insert(match.criteria);
            return;
        }
        const auto star = match.criteria.find(":*:*:*:*:*:*:*:*");
        if (star != std::string::npos && version->find_first_of(":\\ ()") == std::string::npos)
            insert(match.criteria.substr(0, star) + ":" + *version + ":*:*:*:*:*:*:*");
    }
    // "cpe:2.3:a:vendor:product:..." by its first five parts.
    void insert(std::string text) {
        std::size_t end = 0;
        for (int colons = 0; end < text.size() && colons < 5; ++end)
            colons += text[end] == ':' ? 1 : 0;
        auto& names = products_[text.substr(0, end)];
        if (names.size() < 64) names.insert(std::move(text));
    }
    std::map<std::string, std::set<std::string>> products_;
};

// `unpacked`: grows by what the feed has without its compression.
base::Status read(const std::filesystem::path& path, advisory::AdvisoryCompiler& compiler, Names& names,
                  std::uint64_t& unpacked) {
    std::ifstream in(path, std::ios::binary);
    std::vector<std::uint8_t> piece(1 << 16);
    compression::Decompressor unpack;
    std::optional<feeds::FeedReader> reader;
    std::string head;
    const auto sink = [&](feeds::Item&& item) -> base::Status {
        if (const auto* record = std::get_if<advisory::Record>(&item)) names.add(*record);
        std::visit([&](const auto& value) { compiler.add(value); }, item);
        return {};
    };
    const auto start = [&]() -> base::Status {
        TRY_VALUE(const auto kind, feeds::detect(head, path.filename().string()));
        reader.emplace(kind, sink);
        return reader->feed(base::as_bytes(head));
    };
    const auto feed = [&](base::ByteView bytes) -> base::Status {
        if (reader) return reader->feed(bytes);
        head += base::as_text(bytes);
        return head.size() < 65536 ? base::Status() : start();
    };
    while (in) {
        in.read(reinterpret_cast<char*>(piece.data()), static_cast<std::streamsize>(piece.size()));
        TRY(unpack.feed(base::ByteView(piece.data(), static_cast<std::size_t>(in.gcount())), feed));
    }
    TRY(unpack.finish(feed));
    if (!reader) TRY(start());
    TRY_VALUE(const auto tally, reader->finish());
    std::printf("  %-44s %8llu records, %llu refused\n", path.filename().c_str(),
                static_cast<unsigned long long>(tally.accepted),
                static_cast<unsigned long long>(tally.rejected));
    unpacked += unpack.bytes_out();
    return {};
}

void make(advisory::AdvisoryCompiler& compiler, Names& names) {
    std::mt19937 random(11);
    for (int i = 0; i < 60'000; ++i) {
        advisory::Record record;
        record.id = "CVE-2024-" + std::to_string(i);
        const auto product = "product" + std::to_string(std::min(random() % 5000, random() % 5000));
        advisory::CpeMatch match;
        match.criteria = "cpe:2.3:a:maker:" + product + ":*:*:*:*:*:*:*:*";
        match.start_including = std::to_string(random() % 10) + ".0";
        match.end_excluding = std::to_string(random() % 10) + "." + std::to_string(random() % 30) + "." +
                              std::to_string(random() % 30);
        record.applicability.push_back(advisory::CpeConfiguration{false, false, {{false, false, {match}}}});
        names.add(record);
        compiler.add(record);
    }
}

class OwnFolder {
  public:
    OwnFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "oakum-match-bench-XXXXXX").string();
        path_ = ::mkdtemp(name.data());
    }
    ~OwnFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    OwnFolder(const OwnFolder&) = delete;
    OwnFolder& operator=(const OwnFolder&) = delete;
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

} // namespace

int main(int argc, char** argv) {
    advisory::AdvisoryCompiler compiler(risk::base_score);
    Names names;
    std::uint64_t unpacked = 0;
    const auto begin = Clock::now();
    auto start = begin;
    if (argc > 1) {
        std::vector<std::filesystem::path> files;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[1]))
            if (entry.is_regular_file()) files.push_back(entry.path());
        std::sort(files.begin(), files.end());
        std::size_t others = 0;
        for (const auto& path : files)
            if (!read(path, compiler, names, unpacked).ok()) ++others;
        std::printf("feeds of the folder %s (%zu files of it are no feeds)\n",
                    std::filesystem::weakly_canonical(argv[1]).filename().c_str(), others);
    } else {
        make(compiler, names);
        std::printf("advisories that were made up\n");
    }
    std::printf("reading and taking in   %8.2f s   peak %ld MiB\n", seconds_since(start), peak_mib());
    const auto components = names.sample();
    start = Clock::now();
    const auto bytes = compiler.compile();
    if (!bytes.ok()) return 1;
    const auto stats = compiler.stats();
    std::printf("compiling               %8.2f s   peak %ld MiB\n", seconds_since(start), peak_mib());
    if (unpacked > 0)
        std::printf("both, of what is unpacked %6.1f MB/s\n",
                    static_cast<double>(unpacked) / 1e6 / seconds_since(begin));
    std::printf(
        "advisories %llu of %llu records (%llu replaced, %llu withdrawn), %llu rules, %.1f MiB\n",
        static_cast<unsigned long long>(stats.advisories), static_cast<unsigned long long>(stats.records),
        static_cast<unsigned long long>(stats.replaced), static_cast<unsigned long long>(stats.withdrawn),
        static_cast<unsigned long long>(stats.rules), static_cast<double>(bytes->size()) / 1048576);
    const OwnFolder folder;
    const auto kept = feed_files::FolderFeedFiles::open(folder.path(), 1 << 30);
    if (!kept.ok() || !(*kept)->replace_compiled(*bytes).ok()) return 1;
    // Mapped and its table checked: pages come in as they are asked for.
    start = Clock::now();
    const auto mapped = (*kept)->compiled();
    if (!mapped.ok()) return 1;
    const auto file = advisory::AdvisoryFile::open((*mapped)->bytes());
    std::printf("opening                 %8.3f ms\n", seconds_since(start) * 1000);
    if (!file.ok()) return 1;
    start = Clock::now();
    if (!file->verify().ok()) return 1;
    std::printf("verifying the checksum  %8.2f s\n", seconds_since(start));
    const advisory::Platform platform;
    std::uint64_t affected = 0;
    std::uint64_t unknown = 0;
    start = Clock::now();
    const auto cpu = cpu_seconds();
    for (const auto& component : components)
        for (const auto& verdict : advisory::match(*file, component, platform))
            ++(verdict.verdict == advisory::Verdict::affected ? affected : unknown);
    std::printf("matching %zu components  %8.2f s (%.2f s of one core)   %llu affected, %llu unknown\n",
                components.size(), seconds_since(start), cpu_seconds() - cpu,
                static_cast<unsigned long long>(affected), static_cast<unsigned long long>(unknown));
    return 0;
}
