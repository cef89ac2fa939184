// SPDX-License-Identifier: Apache-2.0
#include <backup/restore.hpp>

#include "file.hpp"
#include "form.hpp"
#include "steps.hpp"
#include "unpack.hpp"

#include <json/parse.hpp>
#include <json/writer.hpp>

#include <algorithm>
#include <vector>

namespace oakum::backup {

namespace fs = std::filesystem;

namespace {

constexpr const char* kStaging = "restoring";
constexpr const char *kOvertake = "restored", *kLogAnew = "restored-log";
constexpr std::size_t kLongestNote = 64 << 10;

base::Result<std::string> read_note(const fs::path& path) {
    TRY_VALUE(const File file, open_file(path));
    std::vector<std::uint8_t> bytes(kLongestNote);
    TRY_VALUE(const std::size_t got, read_some(file, path, bytes));
    return std::string(base::as_text(base::ByteView(bytes).first(got)));
}

// Whole or not at all.
base::Status write_note(const fs::path& path, std::string_view text) {
    const fs::path fresh(path.string() + ".new");
    TRY(remove_tree(fresh));
    TRY_VALUE(const File file, make_file(fresh));
    TRY(write_all(file, fresh, base::as_bytes(text)));
    TRY(sync(file, fresh));
    return rename_durably(fresh, path);
}

// What a restore that is ready will do, so that any later start does just that.
struct Plan {
    std::string replaced;          // folder below the data folder for what was there
    bool other_server = false;     // keys/offline is of another server than the backup
    bool stale_advisories = false; // what is compiled here is not from the feeds of the backup
};

std::string to_text(const Plan& plan) {
    std::string text;
    json::Writer(text)
        .begin_object()
        .member("replaced", plan.replaced)
        .member("other_server", plan.other_server)
        .member("stale_advisories", plan.stale_advisories)
        .end_object();
    return text;
}
base::Result<Plan> plan_from(std::string_view text) {
    Plan plan;
    TRY_VALUE(const json::Value value, json::parse(text));
    TRY_VALUE(plan.replaced, value.string_at("replaced"));
    TRY_VALUE(plan.other_server, value.bool_at("other_server"));
    TRY_VALUE(plan.stale_advisories, value.bool_at("stale_advisories"));
    return plan;
}

// Each move can be asked for again: what was moved already is not there any more.
class Moves {
  public:
    Moves(const fs::path& data, const Plan& plan, const BeforeStep& before)
        : data_(data), staged_(data / kStaging / "new"), replaced_(data / plan.replaced), plan_(plan),
          before_(before) {}

    base::Status run() {
        // The store is the last to come, and as long as it has not, the rest is gone through again.
        if (is_there(staged_ / kStore)) {
            for (const char* beside : {"oakum.db-shm", "oakum.db-wal"})
                TRY(set_aside(beside));
            if (plan_.other_server) TRY(set_aside("keys/offline"));
            if (plan_.stale_advisories) TRY(set_aside(std::string(kAdvisories)));
            for (const char* part : {"keys/online", "keys/public", "feeds/kept", "advisories.oadb"})
                TRY(put(part));
            TRY(put_artifacts());
            TRY(before_("noting that devices may have seen newer numbers"));
            for (const char* note : {kOvertake, kLogAnew})
                TRY(write_note(data_ / note, ""));
            TRY(put(std::string(kStore)));
        }
        TRY(before_("removing what was unpacked"));
        return remove_tree(data_ / kStaging);
    }

  private:
    base::Status set_aside(const std::string& part) {
        if (!is_there(data_ / part) || is_there(replaced_ / part)) return {};
        TRY(before_("setting aside " + part));
        TRY(make_folders((replaced_ / part).parent_path()));
        return rename_durably(data_ / part, replaced_ / part);
    }
    base::Status put(const std::string& part) {
        if (!is_there(staged_ / part)) return {};
        TRY(set_aside(part));
        TRY(before_("putting " + part));
        TRY(make_folders((data_ / part).parent_path()));
        return rename_durably(staged_ / part, data_ / part);
    }
    // Named by what they hold, so one of the same name is the same, or damaged.
    base::Status put_artifacts() {
        if (!is_there(staged_ / "artifacts")) return {};
        std::vector<fs::path> parts;
        std::error_code error;
        for (fs::recursive_directory_iterator at(staged_ / "artifacts", error), end; !error && at != end;
             at.increment(error))
            if (at->is_regular_file()) parts.push_back(at->path().lexically_relative(staged_));
        if (error)
            return base::unavailable("reading " + (staged_ / "artifacts").string() + ": " + error.message());
        std::sort(parts.begin(), parts.end());
        for (const fs::path& part : parts) {
            TRY(before_("putting " + part.string()));
            TRY(make_folders((data_ / part).parent_path()));
            fs::permissions(staged_ / part, fs::perms::owner_read, error);
            if (error) return base::unavailable("protecting " + part.string() + ": " + error.message());
            TRY(rename_durably(staged_ / part, data_ / part));
        }
        return {};
    }

    const fs::path data_, staged_, replaced_;
    const Plan plan_;
    const BeforeStep& before_;
};

base::Result<Plan> make_plan(const fs::path& data, const About& about) {
    Plan plan;
    plan.stale_advisories = about.with_files && !is_there(data / kStaging / "new" / kAdvisories);
    if (is_there(data / "keys/public/root.hex")) {
        TRY_VALUE(const std::string here, read_note(data / "keys/public/root.hex"));
        TRY_VALUE(const std::string there, read_note(data / kStaging / "new/keys/public/root.hex"));
        plan.other_server = here != there;
    }
    for (int number = 1; number < 1000; ++number) {
        plan.replaced = "replaced-" + std::to_string(number);
        if (!is_there(data / plan.replaced)) return plan;
    }
    return base::conflict("too much that was replaced is kept in " + data.string() +
                          ": remove what nobody needs");
}

base::Status nothing_before(std::string_view) {
    return {};
}

} // namespace

base::Status settle(const fs::path& data, const BeforeStep& before) {
    if (!is_there(data / kStaging)) return {};
    if (!is_there(data / kStaging / "ready")) {
        TRY(before("removing what was unpacked"));
        return remove_tree(data / kStaging);
    }
    TRY_VALUE(const std::string text, read_note(data / kStaging / "ready"));
    auto plan = plan_from(text);
    if (!plan.ok())
        return base::corrupt("the restore that was begun in " + (data / kStaging).string() +
                             " cannot be read");
    return Moves(data, *plan, before).run();
}

base::Result<Restored> restore(const fs::path& file, const fs::path& data, const CheckStore& check,
                               const BeforeStep& before) {
    TRY(settle(data, before));
    const fs::path staged = data / kStaging / "new";
    TRY(before("unpacking"));
    const auto stage = [&]() -> base::Result<Restored> {
        TRY_VALUE(const Verified found, unpack(file, staged, [](std::string_view) { return true; }));
        const About& about = found.about;
        TRY(before("checking"));
        TRY(check(staged / kStore));
        TRY_VALUE(const Plan plan, make_plan(data, about));
        TRY(before("deciding"));
        TRY(write_note(data / kStaging / "ready", to_text(plan)));
        return Restored{about, data / plan.replaced};
    };
    auto restored = stage();
    if (!restored.ok()) {
        // What was said first is what matters; a later start removes what cannot be removed now.
        (void)remove_tree(data / kStaging).ok();
        return std::move(restored).error();
    }
    TRY(settle(data, before));
    if (!is_there(restored->replaced)) restored->replaced.clear();
    return restored;
}

base::Result<Restored> restore(const fs::path& file, const fs::path& data, const CheckStore& check) {
    return restore(file, data, check, nothing_before);
}

base::Status settle(const fs::path& data) {
    return settle(data, nothing_before);
}

bool is_to_be_overtaken(const fs::path& data) {
    return is_there(data / kOvertake);
}

base::Status was_overtaken(const fs::path& data) {
    TRY(remove_tree(data / kOvertake));
    return sync_folder(data);
}

bool is_log_to_begin_anew(const fs::path& data) {
    return is_there(data / kLogAnew);
}

base::Status log_began_anew(const fs::path& data) {
    TRY(remove_tree(data / kLogAnew));
    return sync_folder(data);
}

} // namespace oakum::backup
