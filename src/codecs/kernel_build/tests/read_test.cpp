// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <kernel_build/read.hpp>

#include <string>

using namespace oakum;

namespace {

base::Result<std::unique_ptr<advisory::KernelBuild>> read(std::string_view text) {
    return kernel_build::read(base::as_bytes(text));
}

// Whether each file is left out: "net/ipv4/tcp.c" -> "", a file that is -> its name and a space.
std::string left_out(const advisory::KernelBuild& build, std::initializer_list<std::string_view> files) {
    std::string out;
    for (const auto file : files)
        if (build.leaves_out(file)) out.append(file).append(" ");
    return out;
}

} // namespace

TEST_CASE("a configuration leaves out what its options do, by file and by folder") {
    const auto build =
        read("#\n# Automatically generated file; DO NOT EDIT.\n# Linux/arm64 6.1.55 Kernel Configuration\n"
             "#\nCONFIG_ARM64=y\nCONFIG_NET=y\nCONFIG_INET=y\n# CONFIG_NETLABEL is not set\n"
             "CONFIG_BT=m\nCONFIG_WLAN=y\nCONFIG_SMP=y\nCONFIG_BLOCK=y\nCONFIG_EXT4_FS=n\n");
    REQUIRE(build.ok());
    CHECK(left_out(**build, {"net/ipv4/tcp.c", "net/ipv4/cipso_ipv4.c"}) == "net/ipv4/cipso_ipv4.c ");
    CHECK(left_out(**build, {"net/bluetooth/l2cap_core.c", "net/bluetooth/bnep/core.c"}) ==
          "net/bluetooth/bnep/core.c ");
    // A folder's option holds for what lies in it, also for files that 6.1 did not have.
    CHECK(left_out(**build,
                   {"drivers/net/wireless/ath/ath10k/mac.c", "drivers/net/wireless/ath/ath10k/new.c"}) ==
          "drivers/net/wireless/ath/ath10k/mac.c drivers/net/wireless/ath/ath10k/new.c ");
    CHECK(left_out(**build, {"fs/ext4/super.c"}) == "fs/ext4/super.c ");
    CHECK(left_out(**build, {"arch/arm64/mm/mmu.c", "arch/x86/kvm/x86.c", "arch/mips/kernel/traps.c"}) ==
          "arch/x86/kvm/x86.c arch/mips/kernel/traps.c ");
    // What the map does not know, or what another folder's makefile compiles, is not left out.
    CHECK(left_out(**build, {"mm/page_alloc.c", "nowhere/at/all.c", "arch/arm64/kvm/hyp/entry.c", "", "/",
                             "kernel"}) == "");
}

TEST_CASE("a configuration of another version counts where it speaks") {
    const auto build = read("# Linux/x86 5.10.0 Kernel Configuration\nCONFIG_X86=y\nCONFIG_NET=y\n"
                            "# CONFIG_BT is not set\nCONFIG_INET=y\n");
    REQUIRE(build.ok());
    CHECK(left_out(**build, {"net/bluetooth/l2cap_core.c", "net/bluetooth/bnep/core.c",
                             "net/ipv4/cipso_ipv4.c", "fs/ext4/super.c"}) ==
          "net/bluetooth/l2cap_core.c net/bluetooth/bnep/core.c ");
    CHECK(left_out(**build, {"arch/arm64/mm/mmu.c", "arch/x86/mm/fault.c"}) == "arch/arm64/mm/mmu.c ");
    const auto later = read("# Linux/x86 6.18.0 Kernel Configuration\nCONFIG_X86=y\n");
    CHECK(left_out(**later, {"net/bluetooth/l2cap_core.c"}) == "");
    const auto nameless = read("CONFIG_NET=y\r\n# CONFIG_BT is not set\r\n");
    CHECK(left_out(**nameless, {"net/bluetooth/l2cap_core.c", "arch/arm64/mm/mmu.c"}) ==
          "net/bluetooth/l2cap_core.c ");
}

TEST_CASE("a list of compiled files leaves out all others, wherever its paths begin") {
    for (const std::string prefix : {"", "./", "/home/anna/build/linux-6.6/", "linux/"}) {
        CAPTURE(prefix);
        const auto build =
            read(prefix + "init/main.o\n" + prefix + "net/ipv4/.tcp.o.cmd\n" + prefix +
                 "net/ipv4/udp.c\r\nvmlinux\nother/init/main.o\n" + prefix + "arch/arm/lib/memcpy.o\n");
        REQUIRE(build.ok());
        CHECK(left_out(**build, {"net/ipv4/tcp.c", "net/ipv4/udp.c", "net/ipv4/cipso_ipv4.c",
                                 "arch/arm/lib/memcpy.S", "net/bluetooth/smp.c", "net/tcp.h"}) ==
              "net/ipv4/cipso_ipv4.c net/bluetooth/smp.c ");
        // Unlisted, but perhaps a part of what is: no option chooses it, and its folder is there.
        CHECK(left_out(**build, {"net/ipv4/raw.c", "net/ipv4/of_tomorrow.c"}) == "");
    }
    std::string many;
    for (int i = 0; i < 17; ++i)
        many += "kernel" + std::to_string(i) + "/init/main.o\n";
    CHECK(read(many).error().text() == "this lists the files of more than 16 kernels");
    // What the scheduler includes is compiled, and has no object of its own.
    const auto scheduler = read("init/main.o\nkernel/sched/core.o\nkernel/sched/build_policy.o\n");
    CHECK(left_out(**scheduler, {"kernel/sched/rt.c", "kernel/sched/deadline.c", "kernel/sched/core.c"}) ==
          "");
    const auto part = read("net/ipv4/tcp.o\nnet/ipv4/udp.o\n");
    REQUIRE_FALSE(part.ok());
    CHECK(part.error().text().find("init/main.c is not in it") != std::string::npos);
}

TEST_CASE("an SPDX document lists what was compiled") {
    const auto build = read(R"({"spdxVersion":"SPDX-2.3","files":[{"SPDXID":"x","fileName":"./init/main.c"},
        {"fileName":"./net/ipv4/tcp.c"}],"packages":[]})");
    REQUIRE(build.ok());
    CHECK(left_out(**build, {"net/ipv4/tcp.c", "net/ipv4/cipso_ipv4.c"}) == "net/ipv4/cipso_ipv4.c ");
    const auto three = read(R"({"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[
        {"type":"software_File","name":"init/main.c"},{"type":"software_Package","name":"linux"},
        {"type":"software_File","name":"net/ipv4/tcp.c"}]})");
    REQUIRE(three.ok());
    CHECK(left_out(**three, {"net/ipv4/tcp.c", "net/ipv4/cipso_ipv4.c"}) == "net/ipv4/cipso_ipv4.c ");
    CHECK_FALSE(read(R"({"@graph":[{"type":"software_File","name":7}]})").ok());
    CHECK_FALSE(read(R"({"spdxVersion":"SPDX-2.3"})").ok());
    CHECK_FALSE(read(R"({"files":[{"fileName":7}]})").ok());
}

TEST_CASE("what is none of these is refused") {
    for (const std::string_view text : {"", "\n\n", "hello", "{", "\x1F\x8B", "init/", "\xFF\xFE"}) {
        CAPTURE(text);
        CHECK_FALSE(read(text).ok());
    }
}
