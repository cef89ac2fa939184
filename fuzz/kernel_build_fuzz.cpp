// LINK: codecs_kernel_build
// SPDX-License-Identifier: Apache-2.0
#include <kernel_build/read.hpp>

// How a kernel was built, as a stranger's file says it: whatever is read can be asked about any file, and
// nothing that is no source file is ever left out.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace oakum;
    const auto build = kernel_build::read(base::ByteView(data, size));
    if (!build.ok()) return 0;
    (void)(*build)->leaves_out("net/ipv4/cipso_ipv4.c");
    (void)(*build)->leaves_out(base::as_text(base::ByteView(data, size)).substr(0, 200));
    if ((*build)->leaves_out("") || (*build)->leaves_out("init/main.c")) __builtin_trap();
    return 0;
}
