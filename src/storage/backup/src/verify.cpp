// SPDX-License-Identifier: Apache-2.0
#include <backup/verify.hpp>

#include "file.hpp"
#include "form.hpp"
#include "unpack.hpp"

namespace oakum::backup {

namespace fs = std::filesystem;

base::Result<Verified> verify(const fs::path& file, const fs::path& scratch, const CheckParts& check) {
    TRY(remove_tree(scratch)); // left by one that was interrupted
    const auto look = [&]() -> base::Result<Verified> {
        TRY_VALUE(const Verified found, unpack(file, scratch, [](std::string_view part) {
                      return part == kStore || part.starts_with("keys/");
                  }));
        TRY(check(scratch, found.about));
        return found;
    };
    auto found = look();
    // It holds keys; the next one removes it if this cannot.
    const base::Status removed = remove_tree(scratch);
    if (found.ok() && !removed.ok()) return removed.error();
    return found;
}

} // namespace oakum::backup
