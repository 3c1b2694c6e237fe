"""Which server libmemcached itself picks, for the vectors of ketama-libmemcached.spec.ts.

    apt-get install libmemcached11 && /usr/bin/python3 libmemcached-owners.py

Prints, for each list of servers, SHA-256 of the numbers of the owners of 3000 keys, joined by commas. No server is asked.
"""
import ctypes
import hashlib

KETAMA_WEIGHTED = 16  # MEMCACHED_BEHAVIOR_KETAMA_WEIGHTED

lib = ctypes.CDLL("libmemcached.so.11")
lib.memcached_lib_version.restype = ctypes.c_char_p
lib.memcached_create.restype = ctypes.c_void_p
lib.memcached_create.argtypes = [ctypes.c_void_p]
lib.memcached_behavior_set.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_uint64]
lib.memcached_server_add_with_weight.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_uint16, ctypes.c_uint32]
lib.memcached_generate_hash.restype = ctypes.c_uint32
lib.memcached_generate_hash.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t]

keys = [f"user:{i}:{(i * 2654435761) % 4294967296}".encode() for i in range(3000)]
fleets = {
    "three, on two ports": [("10.0.0.1", 11211, 1), ("10.0.0.2", 11212, 1), ("10.0.0.3", 11211, 1)],
    "three with weights": [("10.0.0.1", 11211, 1), ("10.0.0.2", 11211, 5), ("10.0.0.3", 11211, 2)],
    "ten by name": [(f"cache-{i}.example.com", 11211 + i, 1) for i in range(10)],
    "twenty-five": [(f"10.0.1.{i}", 11211, 1) for i in range(25)],
    "seven": [(f"10.0.2.{i}", 11211, 1) for i in range(7)],
}

print("libmemcached", lib.memcached_lib_version().decode())
for name, servers in fleets.items():
    client = lib.memcached_create(None)
    assert lib.memcached_behavior_set(client, KETAMA_WEIGHTED, 1) == 0
    for host, port, weight in servers:
        assert lib.memcached_server_add_with_weight(client, host.encode(), port, weight) == 0
    owners = ",".join(str(lib.memcached_generate_hash(client, key, len(key))) for key in keys)
    print(f"{name}: {hashlib.sha256(owners.encode()).hexdigest()}")
