// SPDX-License-Identifier: Apache-2.0
#include "first_root.hpp"

#include <metadata/reader.hpp>
#include <trust/trusted_set.hpp>

namespace oakum::agent {
namespace {

// As a client begins: it signs itself. Whether it has expired is asked later, since an old one leads to a new
// one.
base::Result<trust::TrustedSet> start(const std::string& root, base::TimePoint now,
                                      const metadata::JsonReader& reader) {
    return trust::TrustedSet::start(base::as_bytes(root), now, reader);
}

constexpr std::string_view kWays =
    "\nTo have it believe a root that you trust: --root FILE. To have it forget its own and believe what "
    "this "
    "server says: --root server. Nothing was changed here; the token is spent.";

// Whether the server's root belongs to the one that is here, as far as one document can say.
base::Result<std::string> compare(const std::string& kept, const std::string& served, base::TimePoint now) {
    const metadata::JsonReader reader;
    TRY_VALUE(trust::TrustedSet own, start(kept, now, reader));
    TRY_VALUE(const trust::TrustedSet other, start(served, now, reader));
    const std::uint64_t here = own.root().header.version, there = other.root().header.version;
    const auto of = [](std::uint64_t version) { return "version " + std::to_string(version); };
    const bool follows = there == here + 1 && own.update_root(base::as_bytes(served)).ok();
    if (there == here || (there == here + 1 && !follows))
        return base::denied("the server's root of trust (" + of(there) +
                            ") does not come from the one of this device (" + of(here) +
                            "): this may be another server than before, or one in other hands." +
                            std::string(kWays));
    if (there < here)
        return "The server's root of trust (" + of(there) + ") is older than that of this device (" +
               of(here) + "), which is kept.";
    if (!follows)
        return "The server's root of trust is " + of(there) + ", this device's is " + of(here) +
               ": it follows with its first look at the server, if each was signed by the one before.";
    return std::string();
}

} // namespace

base::Result<FirstRoot> first_root(RootFrom from, const std::optional<std::string>& kept,
                                   const std::string& served, const std::string& pinned,
                                   base::TimePoint now) {
    const metadata::JsonReader reader;
    if (from == RootFrom::file) {
        const auto trusted = start(pinned, now, reader);
        if (!trusted.ok()) return base::Error(trusted.error()).wrap("--root");
        return FirstRoot{pinned, kept != pinned, ""};
    }
    if (const auto trusted = start(served, now, reader); !trusted.ok())
        return base::Error(trusted.error()).wrap("the server's root of trust");
    if (!kept || *kept == served) return FirstRoot{served, !kept, ""};
    if (from == RootFrom::server)
        return FirstRoot{served, true, "This device forgot the root of trust that it had."};
    if (const auto usable = start(*kept, now, reader); !usable.ok())
        return base::corrupt("the root of trust of this device cannot be used (" + usable.error().text() +
                             ")." + std::string(kWays));
    TRY_VALUE(std::string note, compare(*kept, served, now));
    return FirstRoot{*kept, false, std::move(note)};
}

} // namespace oakum::agent
