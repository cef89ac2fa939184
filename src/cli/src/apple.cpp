// SPDX-License-Identifier: Apache-2.0
#include "apple.hpp"

#include "session.hpp"

#include <cli/table.hpp>
#include <json/parse.hpp>
#include <json/writer.hpp>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace oakum::cli {

using ports::Method;

namespace {

// It holds a secret: for its owner alone, and never over another file.
base::Status keep(const std::string& file, std::string_view text) {
    const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fd < 0)
        return base::unavailable("writing " + printable(file) + ": " + std::strerror(errno) +
                                 (errno == EEXIST ? "; name another file" : ""));
    bool written = true;
    while (written && !text.empty()) {
        const ssize_t part = ::write(fd, text.data(), text.size());
        written = part > 0;
        if (written) text.remove_prefix(static_cast<std::size_t>(part));
    }
    const bool kept = ::fsync(fd) == 0;
    if (::close(fd) != 0 || !written || !kept)
        return base::unavailable("writing " + printable(file) + ": " + std::strerror(errno));
    return {};
}

} // namespace

base::Status make_apple_profile(const Flow& flow, const AppleProfileWish& wish) {
    if (flow.dry_run)
        return changed_nothing(flow, "Would make a profile for " + printable(wish.label) +
                                         " that lets one phone in, and write it to " + printable(wish.file));
    if (::access(wish.file.c_str(), F_OK) == 0)
        return base::conflict(printable(wish.file) + " is there already; name another file");
    std::string group;
    if (!wish.group.empty()) {
        TRY_VALUE(group, id_of(flow.api, "group", wish.group));
    }
    std::string body;
    json::Writer writer(body);
    writer.begin_object().member("label", wish.label);
    if (!group.empty()) writer.member("group", group);
    writer.member("personal", wish.personal)
        .member("trusted_already", wish.trusted_already)
        .member("expires_in_hours", wish.hours)
        .end_object();
    const Api::Body sent{"application/json", std::move(body), {}};
    TRY_VALUE(const json::Value made, flow.api.call(Method::post, "/api/v1/apple/profiles", &sent));
    TRY(keep(wish.file, text_at(made, "/profile")));
    if (flow.shown.output != Output::table) {
        // Without the secret: that is in the file.
        std::string told;
        json::Writer(told)
            .begin_object()
            .member("file", wish.file)
            .member("label", wish.label)
            .member("expires", text_at(made, "/expires"))
            .end_object();
        TRY_VALUE(const json::Value shown, json::parse(told));
        flow.shown.object(
            {{"file", "/file", Format::id}, {"for", "/label"}, {"expires", "/expires", Format::time}}, shown);
        return {};
    }
    flow.console.out(
        "The profile for " + printable(wish.label) + " is in " + printable(wish.file) +
        ". It lets one phone in, once, until " + text_at(made, "/expires") +
        ".\nBring it to the phone (a link, AirDrop, mail), then there: Settings, Profile Downloaded, "
        "Install.\n");
    if (const auto warnings = made.find("warnings"))
        for (const json::Value& warning : warnings->items())
            flow.console.out("Note: " + printable(std::string(warning.text())) + "\n");
    return {};
}

} // namespace oakum::cli
