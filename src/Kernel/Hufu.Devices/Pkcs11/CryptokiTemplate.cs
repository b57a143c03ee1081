using System.Runtime.InteropServices;

namespace Hufu.Devices.Pkcs11;

/// <summary>A list of CK_ATTRIBUTE in unmanaged memory, freed when disposed.</summary>
internal sealed unsafe class CryptokiTemplate : IDisposable
{
    private const int Most = 16;
    private readonly Entry* _entries = (Entry*)NativeMemory.AllocZeroed(Most, (nuint)sizeof(Entry));

    public void* First => _entries;

    public nuint Count { get; private set; }

    public CryptokiTemplate With(nuint type, ReadOnlySpan<byte> value)
    {
        byte* copy = (byte*)NativeMemory.Alloc((nuint)Math.Max(1, value.Length));
        value.CopyTo(new Span<byte>(copy, value.Length));
        _entries[Count++] = new Entry { Type = type, Value = copy, Length = (nuint)value.Length };
        return this;
    }

    public CryptokiTemplate With(nuint type, nuint value) => With(type, MemoryMarshal.AsBytes(new ReadOnlySpan<nuint>(in value)));

    public CryptokiTemplate With(nuint type, bool value) => With(type, [value ? (byte)1 : (byte)0]);

    public void Dispose()
    {
        for (nuint i = 0; i < Count; i++)
        {
            NativeMemory.Free(_entries[i].Value);
        }

        Count = 0;
        NativeMemory.Free(_entries);
    }

    /// <summary>CK_ATTRIBUTE.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Entry
    {
        public nuint Type;
        public byte* Value;
        public nuint Length;
    }
}
