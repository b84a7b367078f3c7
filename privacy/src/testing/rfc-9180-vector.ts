/**
 * The official test vector of RFC 9180 for base mode with DHKEM(P-256, HKDF-SHA256), HKDF-SHA256 and AES-256-GCM:
 * mode 0, kem_id 16, kdf_id 1, aead_id 2 of test-vectors.json at commit 5f503c5 of
 * https://github.com/cfrg/draft-irtf-cfrg-hpke, which appendix A of the RFC names. Bytes are in hexadecimal; of
 * its 257 encryptions these are some, "at" their place.
 */
export const rfc9180Vector = {
  info: '4f6465206f6e2061204772656369616e2055726e',
  ikmR: 'a0ce15d49e28bd47a18a97e147582d814b08cbe00109fed5ec27d1b4e9f6f5e3',
  ikmE: 'a90d3417c3da9cb6c6ae19b4b5dd6cc9529a4cc24efb7ae0ace1f31887a8cd6c',
  skRm: '317f915db7bc629c48fe765587897e01e282d3e8445f79f27f65d031a88082b2',
  pkRm: '04abc7e49a4c6b3566d77d0304addc6ed0e98512ffccf505e6a8e3eb25c685136f853148544876de76c0f2ef99cdc3a05ccf5ded7860c7c021238f9e2073d2356c',
  enc: '04c06b4f6bebc7bb495cb797ab753f911aff80aefb86fd8b6fcc35525f3ab5f03e0b21bd31a86c6048af3cb2d98e0d3bf01da5cc4c39ff5370d331a4f1f7d5a4e0',
  encryptions: [
    {
      at: 0,
      aad: '436f756e742d30',
      ct: '58c61a45059d0c5704560e9d88b564a8b63f1364b8d1fcb3c4c6ddc1d291742465e902cd216f8908da49f8f96f',
      pt: '4265617574792069732074727574682c20747275746820626561757479',
    },
    {
      at: 1,
      aad: '436f756e742d31',
      ct: 'b4e7c90d1dd62cb563694956eb517ab55d5e7d1f6366a0066c04ababaa444dbaf60a30d7bb7d3e91b969762dee',
      pt: '4265617574792069732074727574682c20747275746820626561757479',
    },
    {
      at: 2,
      aad: '436f756e742d32',
      ct: '65463cc0e5fd16e1650a55fb37d5b6fe6e5ac5b6f6e8c2640cfb0fcd528dc37bc0963b5c53d6238c42d447ddf4',
      pt: '4265617574792069732074727574682c20747275746820626561757479',
    },
    {
      at: 4,
      aad: '436f756e742d34',
      ct: '8537ff19240d613badd398dbeedf0338ca9f549bad6775ae8c3a672666057f6709e0931155cd1cae7071c6fd27',
      pt: '4265617574792069732074727574682c20747275746820626561757479',
    },
    {
      at: 255,
      aad: '436f756e742d323535',
      ct: '2bcdb6aa31cf9b85855aa22c18ee7feb783b26d5f8fae4554a409845810bdac0fc06bdce6c60a37efb45a106eb',
      pt: '4265617574792069732074727574682c20747275746820626561757479',
    },
    {
      at: 256,
      aad: '436f756e742d323536',
      ct: 'fcc4c798b73d45d4a241f4d05886befed63b8bdf0252454072c9f6170f6e262f2738cf2ea290053b2181ad46d6',
      pt: '4265617574792069732074727574682c20747275746820626561757479',
    },
  ],
  exports: [
    {
      exporter_context: '',
      L: 32,
      exported_value: '7a4c2b89e1909fb0e3ca42d5040f4c2d8346dc0643d787b8474e804f8f72798e',
    },
    {
      exporter_context: '00',
      L: 32,
      exported_value: '3ca0e7e10b601a32edd2f91c49bac766892c52bde2df01a6126320c6e6eb8af1',
    },
    {
      exporter_context: '54657374436f6e74657874',
      L: 32,
      exported_value: '76c6b4f404990ae362be3efe0d60d9669d87017f9dfe33b8c2ed9fd31d295182',
    },
  ],
} as const;
