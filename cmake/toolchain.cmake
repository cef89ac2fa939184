# SPDX-License-Identifier: Apache-2.0
# Compiler flags, caches and linkers; one place, so that every target has the same.
find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()
find_program(MOLD mold)
if(MOLD AND NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  add_link_options(-fuse-ld=mold)
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Werror -Wshadow -Wconversion -Wno-sign-conversion
                    -Wnon-virtual-dtor -Woverloaded-virtual -Wunused-result
                    -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports false positives of these three in libstdc++ and Boost at -O2.
  add_compile_options(-Wno-restrict -Wno-maybe-uninitialized -Wno-stringop-overflow)
else()
  # libstdc++'s std::stable_sort asks for what it deprecates itself.
  add_compile_options(-Wthread-safety -Wno-deprecated-declarations)
endif()
if(OAKUM_SANITIZE)
  add_compile_options(-fsanitize=${OAKUM_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${OAKUM_SANITIZE})
else()
  add_compile_options(-fstack-protector-strong -D_FORTIFY_SOURCE=2)
endif()
add_compile_definitions(_GLIBCXX_ASSERTIONS)

find_package(Threads REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(PkgConfig REQUIRED)

# Several sources of a target are compiled as one: what they include is read once, which halves a build. Those that
# apart.cmake names are compiled alone. clang-tidy sees each source alone (tools/run_lint.sh), with what it includes.
option(OAKUM_TOGETHER "Compile several sources of a target as one" ON)
include(apart)
function(oakum_together target)
  if(NOT OAKUM_TOGETHER)
    return()
  endif()
  get_target_property(sources ${target} SOURCES)
  foreach(source IN LISTS sources)
    cmake_path(ABSOLUTE_PATH source NORMALIZE)
    cmake_path(RELATIVE_PATH source BASE_DIRECTORY ${CMAKE_SOURCE_DIR} OUTPUT_VARIABLE name)
    if(name IN_LIST OAKUM_APART)
      set_source_files_properties(${source} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
    endif()
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${target} PRIVATE -Wno-subobject-linkage) # takes a source that is included for a header
  else()
    target_compile_options(${target} PRIVATE -Wno-shadow) # of what a neighbour names; g++ and clang-tidy look at each
  endif()
endfunction()
