// SPDX-License-Identifier: Apache-2.0
#include "support.hpp"

#include <advisory/kernel_build.hpp>

#include <set>

using namespace oakum::advisory;
using namespace oakum::advisory::testing;

namespace {

const std::string id = "CVE-2024-26581";

class LeftOut : public KernelBuild {
  public:
    explicit LeftOut(std::set<std::string, std::less<>> files) : files_(std::move(files)) {}
    bool leaves_out(std::string_view source) const override { return files_.contains(source); }

  private:
    std::set<std::string, std::less<>> files_;
};

Record kernel_record(std::vector<std::string> files) {
    VersionEntry entry;
    entry.version = "5.6";
    entry.less_than = "6.1.80";
    entry.status = Status::affected;
    entry.version_type = "semver";
    ProductStatement statement;
    statement.vendor = "Linux";
    statement.product = "Linux";
    statement.default_status = Status::unaffected;
    statement.versions = {entry};
    statement.program_files = std::move(files);
    return record(Source::cve5, id, {statement});
}

} // namespace

TEST_CASE("a record's files are left out when all of its code is, and the headers beside it") {
    const LeftOut build({"net/a.c", "net/b.c", "arch/arm/c.S"});
    CHECK(leaves_all_out(build, "net/a.c\n"));
    CHECK(leaves_all_out(build, "net/a.c\nnet/b.c\narch/arm/c.S\n"));
    CHECK_FALSE(leaves_all_out(build, "net/a.c\nnet/d.c\n"));
    CHECK(leaves_all_out(build, "net/a.c\nnet/a.h\n"));
    CHECK_FALSE(leaves_all_out(build, "net/a.c\ninclude/net/a.h\n"));
    CHECK_FALSE(leaves_all_out(build, "net/a.h\n"));
    CHECK_FALSE(leaves_all_out(build, "net/a.c\nnet/Kconfig\n"));
    CHECK_FALSE(leaves_all_out(build, ""));
    CHECK(leaves_all_out(build, "net/a.c"));
}

TEST_CASE("a kernel that was built without the code does not have its fault") {
    const auto kernel = software("linux", "6.1.70", cpe("o", "linux", "linux_kernel", "6.1.70"));
    const auto data = compile({kernel_record({"net/a.c", "net/b.c"})});
    const std::vector<oakum::component::Component> set{
        kernel, software("busybox", "1.36", cpe("a", "busybox", "busybox", "1.36"))};
    const auto judged = [&](const KernelBuild* build) {
        const auto assessed = match_set(data.file, set, {}, {}, Detail::everything, build);
        REQUIRE(assessed.verdicts.size() == 1);
        return assessed.verdicts.front().verdict;
    };
    const LeftOut both({"net/a.c", "net/b.c"});
    const LeftOut one({"net/a.c"});
    CHECK(judged(nullptr).verdict == Verdict::affected);
    CHECK(judged(&one).verdict == Verdict::affected);
    const auto verdict = judged(&both);
    CHECK(verdict.verdict == Verdict::not_affected);
    CHECK(verdict.reason == Reason::code_not_built);
    CHECK(
        evidence(data.file, kernel, verdict).sentence ==
        id +
            " and linux 6.1.70: not affected, since the kernel was built without the code that has the fault "
            "(cve5 " +
            id + ": Linux in net/a.c, net/b.c); confidence high.");
    // Nothing is open, and a record without files is not ruled out by anything.
    CHECK(match_set(data.file, set, {}, {}, Detail::findings, &both).verdicts.empty());
    const auto silent = compile({kernel_record({})});
    CHECK(match_set(silent.file, set, {}, {}, Detail::findings, &both).affected == 1);
}

TEST_CASE("what a record says of more files than are kept says nothing of any") {
    std::vector<std::string> files;
    for (int i = 0; i < 2000; ++i)
        files.push_back("net/file" + std::to_string(i) + ".c");
    const auto data = compile({kernel_record(files)});
    const LeftOut build(std::set<std::string, std::less<>>(files.begin(), files.end()));
    const std::vector set{software("linux", "6.1.70", cpe("o", "linux", "linux_kernel", "6.1.70"))};
    CHECK(match_set(data.file, set, {}, {}, Detail::findings, &build).affected == 1);
}
