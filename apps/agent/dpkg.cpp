// SPDX-License-Identifier: Apache-2.0
#include "dpkg.hpp"

#include "firmware_image.hpp"
#include "medium.hpp"
#include "tools.hpp"

#include <json/parse.hpp>
#include <json/writer.hpp>
#include <system/file.hpp>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <set>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace oakum::agent {
namespace {

namespace fs = std::filesystem;
using base::Result;
using base::Status;
using Step = PackagePlan::Step;

constexpr std::size_t max_plan = 512 << 10;
constexpr std::size_t max_listed = 8 << 20; // of dpkg-query, on a device with all of Debian
constexpr base::Duration installing = std::chrono::hours(1);
constexpr auto look_again = std::chrono::seconds(1);
constexpr std::string_view package_magic = "!<arch>\n";
constexpr const char* debs_name = "debs";
constexpr const char* plan_name = "plan.json";

// Debian policy 5.6: what these are made of. Nothing in them is a path or an option.
bool letters(std::string_view text, std::string_view more, std::size_t most) {
    const auto allowed = [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               more.find(c) != std::string_view::npos;
    };
    return !text.empty() && text.size() <= most && std::ranges::all_of(text, allowed) &&
           text.front() != '-' && text.front() != '.';
}
bool is_sound(const Package& package) {
    return letters(package.name, "+-.", 128) && letters(package.version, "+-.~:", 128) &&
           letters(package.architecture, "-", 32);
}

std::string key_of(const Package& package) {
    return package.name + ":" + package.architecture;
}
std::string shown(const Package& package) {
    return package.name + " " + package.version;
}
// As apt names its files, where a colon would be a separator.
std::string file_name(const Package& package) {
    std::string version;
    for (const char c : package.version)
        version += c == ':' ? "%3a" : std::string(1, c);
    return package.name + "_" + version + "_" + package.architecture + ".deb";
}

void write(json::Writer& out, const Package& package) {
    out.begin_object().member("name", package.name).member("version", package.version);
    out.member("architecture", package.architecture).end_object();
}

Result<Package> read_package(const json::Value& from) {
    Package package;
    TRY_VALUE(package.name, from.string_at("name", 128));
    TRY_VALUE(package.version, from.string_at("version", 128));
    TRY_VALUE(package.architecture, from.string_at("architecture", 32));
    if (!is_sound(package)) return from.wrong("this is no package");
    return package;
}

// A name that `file_name` could have made.
bool is_file_name(std::string_view name) {
    return letters(name, "+-.~_%", 400) && name.ends_with(".deb");
}

// The package files of an archive, each where its name says.
class Debs final : public ImageSink {
  public:
    explicit Debs(fs::path folder) : folder_(std::move(folder)) {}
    Status begin(const ImageEntry& entry) override {
        if (!is_file_name(entry.path))
            return base::invalid(entry.path +
                                 " is no package file: its archive holds .deb files and nothing else");
        if (++count_ > Dpkg::kMostPackages)
            return base::too_large("more than " + std::to_string(Dpkg::kMostPackages) + " packages");
        out_ = Descriptor(::open((folder_ / entry.path).c_str(),
                                 O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644));
        return out_.open() ? Status() : Status(system_error("unpacking " + entry.path));
    }
    Status data(base::ByteView piece) override { return write_all(out_.number(), piece); }
    Status end() override {
        if (::fsync(out_.number()) != 0) return system_error("unpacking");
        out_.close();
        return {};
    }

  private:
    fs::path folder_;
    Descriptor out_;
    std::size_t count_ = 0;
};

struct Measured {
    base::Digest256 digest;
    std::uint64_t length = 0;
};
Result<Measured> measure(const fs::path& file) {
    std::error_code error;
    Measured measured;
    measured.length = fs::file_size(file, error);
    if (error) return base::not_found(file.string() + ": " + error.message());
    TRY_VALUE(measured.digest, hash_medium(file, measured.length));
    return measured;
}

// Linked where the file system is the same, else copied; there whole or not at all.
Status place(const fs::path& from, const fs::path& to) {
    std::error_code error;
    if (fs::exists(to, error)) return {};
    const fs::path beside = to.string() + ".new-";
    ::unlink(beside.c_str());
    if (::link(from.c_str(), beside.c_str()) != 0) {
        const Descriptor out(
            ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644));
        if (!out.open()) return system_error("copying " + from.string());
        const std::uint64_t length = fs::file_size(from, error);
        if (error) return base::not_found(from.string() + ": " + error.message());
        TRY(read_pieces(from, length, [&](base::ByteView piece) { return write_all(out.number(), piece); }));
        if (::fsync(out.number()) != 0) return system_error("copying " + from.string());
    }
    if (::rename(beside.c_str(), to.c_str()) != 0) return system_error("keeping " + to.string());
    return system::sync_folder(to.parent_path());
}

Result<PackagePlan> load_plan(const fs::path& slot) {
    TRY_VALUE(const std::string text, system::read_bounded(slot / plan_name, max_plan));
    return decode_plan(text);
}

// Somebody else, such as apt, holds it.
bool is_locked(const fs::path& file) {
    const Descriptor lock(::open(file.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
    if (!lock.open()) return false;
    struct flock wanted{};
    wanted.l_type = F_WRLCK;
    wanted.l_whence = SEEK_SET;
    return ::fcntl(lock.number(), F_GETLK, &wanted) == 0 && wanted.l_type != F_UNLCK;
}

// Another one after each change of what dpkg wrote down.
std::string stamp_of(const fs::path& folder) {
    std::string stamp;
    for (const char* name : {"status", "updates"}) {
        struct stat stats{};
        if (::stat((folder / name).c_str(), &stats) != 0) continue;
        stamp += std::to_string(stats.st_ino) + " " + std::to_string(stats.st_size) + " " +
                 std::to_string(stats.st_mtim.tv_sec) + "." + std::to_string(stats.st_mtim.tv_nsec) + " ";
    }
    return stamp;
}

bool is_settled(std::string_view status) {
    return status == "installed" || status == "config-files" || status == "not-installed";
}

} // namespace

Result<Package> parse_fields(std::string_view text) {
    Package package;
    const std::pair<std::string_view, std::string*> fields[] = {{"Package: ", &package.name},
                                                                {"Version: ", &package.version},
                                                                {"Architecture: ", &package.architecture}};
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const auto field = std::ranges::find_if(
            fields, [&](const auto& each) { return line.starts_with(each.first) && each.second->empty(); });
        if (field == std::end(fields)) return base::invalid("a package's fields are not as they should be");
        *field->second = line.substr(field->first.size());
    }
    if (!is_sound(package)) return base::invalid("a package does not say its name, version and architecture");
    return package;
}

Result<std::vector<InstalledPackage>> parse_installed(std::string_view text) {
    std::vector<InstalledPackage> all;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        std::array<std::string_view, 4> columns;
        for (std::string_view& column : columns) {
            const std::size_t tab = std::min(line.find('\t'), line.size());
            column = line.substr(0, tab);
            line.remove_prefix(std::min(tab + 1, line.size()));
        }
        InstalledPackage each{{std::string(columns[0]), std::string(columns[1]), std::string(columns[2])},
                              std::string(columns[3])};
        // What was purged is named, and has nothing.
        if (each.package.version.empty()) continue;
        if (!is_sound(each.package) || !letters(each.status, "-", 32) || !line.empty())
            return base::invalid("dpkg-query says what is not understood");
        all.push_back(std::move(each));
    }
    return all;
}

std::string encode(const PackagePlan& plan) {
    std::string text;
    json::Writer out(text);
    out.begin_object().key("steps").begin_array();
    for (const Step& step : plan.steps) {
        out.begin_object().key("package");
        write(out, step.package);
        out.member("file", step.file).member("digest", step.digest.hex()).member("length", step.length);
        if (step.before) {
            out.key("before");
            write(out, *step.before);
            out.member("way_back", step.way_back);
        }
        out.end_object();
    }
    out.end_array().end_object();
    return text;
}

Result<PackagePlan> decode_plan(std::string_view text) {
    json::Limits limits;
    limits.max_bytes = max_plan;
    limits.max_depth = 5;
    TRY_VALUE(const json::Value from, json::parse(text, limits));
    TRY_VALUE(const json::Value steps, from.array_at("steps", Dpkg::kMostPackages));
    PackagePlan plan;
    for (const json::Value& item : steps.items()) {
        Step step;
        TRY_VALUE(const json::Value package, item.object_at("package"));
        TRY_VALUE(step.package, read_package(package));
        TRY_VALUE(step.file, item.string_at("file", 400));
        if (!is_file_name(step.file)) return item.wrong("this is no name of a package file");
        TRY_VALUE(const std::string digest, item.string_at("digest", 64));
        TRY_VALUE(step.digest, base::Digest256::parse(digest));
        TRY_VALUE(step.length, item.uint_at("length"));
        TRY_VALUE(const auto before, item.optional_object_at("before"));
        if (before) {
            TRY_VALUE(step.before, read_package(*before));
            TRY_VALUE(step.way_back, item.string_at("way_back", 400));
            if (!is_file_name(step.way_back)) return item.wrong("this is no name of a package file");
        }
        plan.steps.push_back(std::move(step));
    }
    if (plan.steps.empty()) return from.wrong("a plan has packages");
    return plan;
}

Result<Package> Dpkg::fields(const fs::path& file) {
    TRY_VALUE(const auto said,
              run_tool({{"dpkg-deb", "--field", file.string(), "Package", "Version", "Architecture"}}));
    auto package = parse_fields(said.output);
    if (!package.ok()) return std::move(package).error().wrap(file.filename().string());
    return package;
}

Result<Dpkg::Installed> Dpkg::installed() {
    Tool query{{"dpkg-query", "--admindir=" + (options_.root / "var/lib/dpkg").string(), "--show",
                "--showformat=${Package}\\t${Version}\\t${Architecture}\\t${db:Status-Status}\\n"}};
    query.output_limit = max_listed;
    TRY_VALUE(const auto said, run_tool(query));
    if (said.truncated) return base::too_large("dpkg knows more packages than are looked at");
    TRY_VALUE(auto all, parse_installed(said.output));
    Installed installed;
    for (InstalledPackage& each : all)
        installed.insert_or_assign(key_of(each.package), std::move(each));
    return installed;
}

Status Dpkg::wait_for_lock() {
    const fs::path folder = options_.root / "var/lib/dpkg";
    for (auto waited = base::Duration::zero();; waited += look_again) {
        if (!is_locked(folder / "lock-frontend") && !is_locked(folder / "lock")) return {};
        if (waited >= options_.patience)
            return base::unavailable("another program uses dpkg, and did not end within " +
                                     std::to_string(options_.patience.count() / 1000) + " s");
        std::this_thread::sleep_for(look_again);
    }
}

Status Dpkg::dpkg(std::vector<std::string> words) {
    TRY(wait_for_lock());
    Tool tool{{"dpkg"}};
    // Another system in a folder; maintainer scripts then run outside of it and are told where it is.
    if (options_.root != "/") {
        tool.words.push_back("--root=" + options_.root.string());
        tool.words.emplace_back("--force-script-chrootless");
    }
    tool.words.insert(tool.words.end(), std::make_move_iterator(words.begin()),
                      std::make_move_iterator(words.end()));
    tool.environment = {{"DEBIAN_FRONTEND", "noninteractive"}};
    tool.timeout = installing;
    TRY(run_tool(tool));
    return {};
}

Status Dpkg::unpack(const fs::path& slot) {
    const fs::path image = slot / "image", debs = slot / debs_name;
    std::error_code error;
    fs::remove_all(debs, error);
    if (!error) fs::create_directory(debs, error);
    if (error) return base::unavailable("making " + debs.string() + ": " + error.message());
    const std::uint64_t length = fs::file_size(image, error);
    if (error) return base::not_found(image.string() + ": " + error.message());
    std::string head;
    TRY(read_pieces(image, std::min<std::uint64_t>(length, package_magic.size()),
                    [&](base::ByteView piece) -> Status {
                        head.append(base::as_text(piece));
                        return {};
                    }));
    if (head == package_magic) {
        TRY_VALUE(const Package package, fields(image));
        return place(image, debs / file_name(package));
    }
    Debs files(debs);
    ImageReader reader(files);
    TRY(read_pieces(image, length, [&](base::ByteView piece) { return reader.feed(piece); }));
    TRY(reader.finish());
    return system::sync_folder(debs);
}

Result<std::string> Dpkg::take_into_cache(const fs::path& file, const Package& package) {
    TRY(system::make_private_folder(options_.cache));
    TRY(place(file, options_.cache / file_name(package)));
    return file_name(package);
}

Result<std::string> Dpkg::find_way_back(const Package& before) {
    std::vector<fs::path> folders{options_.cache};
    folders.insert(folders.end(), options_.archives.begin(), options_.archives.end());
    std::string looked;
    for (const fs::path& folder : folders) {
        const fs::path file = folder / file_name(before);
        looked += (looked.empty() ? "" : ", ") + folder.string();
        std::error_code error;
        if (!fs::is_regular_file(fs::symlink_status(file, error)) || error) continue;
        const auto found = fields(file);
        if (found.ok() && *found == before) return take_into_cache(file, before);
        log_.write(base::LogLevel::warning, "packages", file.string() + " is not what its name says");
    }
    return base::unavailable("there is no way back from an update of " + before.name + ": " +
                             file_name(before) + " is not in " + looked +
                             "; put it into the first of them (apt-get download " + before.name + "=" +
                             before.version + "), or make it there with dpkg-repack");
}

Status Dpkg::prepare(const fs::path& slot) {
    held_.reset();
    TRY(unpack(slot));
    TRY_VALUE(const Installed now, installed());
    PackagePlan plan;
    std::set<std::string> seen;
    std::vector<std::string> needed;
    std::error_code error;
    std::vector<fs::path> files;
    for (fs::directory_iterator at(slot / debs_name, error), end; !error && at != end; at.increment(error))
        files.push_back(at->path());
    if (error) return base::unavailable("listing " + (slot / debs_name).string() + ": " + error.message());
    std::ranges::sort(files);
    for (const fs::path& file : files) {
        Step step;
        TRY_VALUE(step.package, fields(file));
        if (!seen.insert(key_of(step.package)).second)
            return base::invalid("the artifact holds " + step.package.name + " twice");
        step.file = file.filename();
        TRY_VALUE(const Measured measured, measure(file));
        step.digest = measured.digest;
        step.length = measured.length;
        auto before = now.find(key_of(step.package));
        // A package may become one for all architectures, or cease to be.
        if (before == now.end())
            before = std::ranges::find_if(now, [&](const auto& each) {
                const Package& other = each.second.package;
                return other.name == step.package.name &&
                       (other.architecture == "all" || step.package.architecture == "all");
            });
        if (before != now.end() && !is_settled(before->second.status))
            return base::unavailable(before->second.package.name + " is " + before->second.status +
                                     ": mend it first (dpkg --configure -a)");
        if (before != now.end() && before->second.status == "installed") {
            step.before = before->second.package;
            if (*step.before == step.package) {
                TRY_VALUE(step.way_back, take_into_cache(file, step.package));
            } else {
                TRY_VALUE(step.way_back, find_way_back(*step.before));
            }
            needed.push_back(step.way_back);
        }
        plan.steps.push_back(std::move(step));
    }
    std::uint64_t bytes = 0;
    for (const std::string& name : needed)
        bytes += fs::file_size(options_.cache / name, error);
    for (const Step& step : plan.steps)
        bytes += step.length;
    if (bytes > options_.cache_bytes)
        return base::too_large("the packages and their way back have " + std::to_string(bytes) +
                               " bytes, and dpkg.cache_bytes is " + std::to_string(options_.cache_bytes));
    return system::write_durably(slot / plan_name, encode(plan));
}

Status Dpkg::read_back(const fs::path& slot) {
    TRY_VALUE(const PackagePlan plan, load_plan(slot));
    for (const Step& step : plan.steps) {
        TRY_VALUE(const auto found, hash_medium(slot / debs_name / step.file, step.length));
        if (found != step.digest)
            return base::corrupt(step.file + " is not on the medium as it was unpacked");
        if (!step.before) continue;
        const auto back = fields(options_.cache / step.way_back);
        if (!back.ok() || *back != *step.before)
            return base::corrupt("the way back to " + shown(*step.before) + " is not in the cache any more");
    }
    return {};
}

bool Dpkg::holds(const fs::path& slot) {
    // Asked at each poll: dpkg itself only when its files changed.
    const std::string stamp = stamp_of(options_.root / "var/lib/dpkg");
    if (held_ && held_->slot == slot && held_->stamp == stamp) return held_->holds;
    const auto plan = load_plan(slot);
    const auto now = plan.ok() ? installed() : Result<Installed>(plan.error());
    const bool holds = now.ok() && std::ranges::all_of(plan->steps, [&](const Step& step) {
                           const auto found = now->find(key_of(step.package));
                           return found != now->end() && found->second.package == step.package &&
                                  found->second.status == "installed";
                       });
    held_ = Held{slot, stamp, holds};
    return holds;
}

Status Dpkg::apply(const fs::path& slot) {
    TRY(read_back(slot));
    if (holds(slot)) return {};
    TRY_VALUE(const PackagePlan plan, load_plan(slot));
    std::vector<std::string> words{"--force-confdef", "--force-confold", "--install"};
    for (const Step& step : plan.steps)
        words.push_back((slot / debs_name / step.file).string());
    TRY(dpkg(std::move(words)));
    return holds(slot) ? Status()
                       : Status(base::unavailable("dpkg ended well, and not all packages are installed"));
}

Status Dpkg::revert(const fs::path& slot) {
    TRY_VALUE(const PackagePlan plan, load_plan(slot));
    TRY_VALUE(const Installed now, installed());
    std::vector<std::string> back{"--force-confdef", "--force-confold", "--install"}, gone{"--remove"};
    const std::size_t no_files = back.size();
    for (const Step& step : plan.steps) {
        const auto found = now.find(key_of(step.before ? *step.before : step.package));
        const bool there = found != now.end() && found->second.status != "config-files" &&
                           found->second.status != "not-installed";
        if (step.before &&
            (!there || found->second.package != *step.before || found->second.status != "installed"))
            back.push_back((options_.cache / step.way_back).string());
        if (!step.before && there) gone.push_back(step.package.name);
    }
    if (back.size() > no_files) TRY(dpkg(std::move(back)));
    if (gone.size() > 1) TRY(dpkg(std::move(gone)));
    // What depends on these may have waited for them.
    return repair();
}

Status Dpkg::keep(const fs::path& slot) {
    TRY_VALUE(const PackagePlan plan, load_plan(slot));
    // What stays is where the next update goes back to; until then this one may still be left.
    std::vector<std::string> needed;
    for (const Step& step : plan.steps) {
        TRY_VALUE(std::string name, take_into_cache(slot / debs_name / step.file, step.package));
        needed.push_back(std::move(name));
        if (step.before) needed.push_back(step.way_back);
    }
    return prune(needed);
}

Status Dpkg::prune(const std::vector<std::string>& needed) {
    struct Kept {
        fs::path path;
        fs::file_time_type written;
        std::uint64_t bytes = 0;
    };
    std::vector<Kept> others;
    std::uint64_t bytes = 0;
    std::error_code error;
    for (fs::directory_iterator at(options_.cache, error), end; !error && at != end; at.increment(error)) {
        const std::uint64_t size = fs::file_size(at->path(), error);
        bytes += error ? 0 : size;
        if (std::ranges::find(needed, at->path().filename().string()) == needed.end())
            others.push_back({at->path(), fs::last_write_time(at->path(), error), size});
    }
    std::ranges::sort(others, {}, &Kept::written);
    for (const Kept& each : others) {
        if (bytes <= options_.cache_bytes) break;
        if (::unlink(each.path.c_str()) != 0) return system_error("removing " + each.path.string());
        bytes -= each.bytes;
    }
    return {};
}

Result<std::string> Dpkg::unsettled() {
    TRY_VALUE(const Installed all, installed());
    std::string names;
    for (const auto& [key, each] : all)
        if (!is_settled(each.status))
            names += (names.empty() ? "" : ", ") + each.package.name + " (" + each.status + ")";
    return names;
}

Status Dpkg::repair() {
    TRY_VALUE(const std::string before, unsettled());
    if (before.empty()) return {};
    if (is_locked(options_.root / "var/lib/dpkg/lock")) return {}; // somebody is at it
    log_.write(base::LogLevel::warning, "packages", "dpkg was interrupted: " + before);
    const Status configured = dpkg({"--force-confdef", "--force-confold", "--configure", "--pending"});
    TRY_VALUE(const std::string left, unsettled());
    if (left.empty()) return {};
    return base::unavailable("packages are not whole: " + left +
                             (configured.ok() ? "" : ": " + configured.error().message));
}

} // namespace oakum::agent
