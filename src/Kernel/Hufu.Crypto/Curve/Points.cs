namespace Hufu.Crypto;

/// <summary>A point (x, y) that is not infinity.</summary>
internal struct Affine<T>
    where T : struct, IField<T>
{
    internal T X, Y;
}

/// <summary>Jacobian: x = X/Z², y = Y/Z³; Z = 0 is infinity. The form for doubling.</summary>
internal struct Jacobian<T>
    where T : struct, IField<T>
{
    internal T X, Y, Z;
}

/// <summary>Jacobian with Z² and Z³ kept along: what a window table holds.</summary>
internal struct Cached<T>
    where T : struct, IField<T>
{
    internal T X, Y, Z, ZZ, ZZZ;
}

/// <summary>x = X/ZZ, y = Y/ZZZ with ZZ³ = ZZZ²; ZZ = 0 is infinity. The form for adding many affine points: ten products an addition.</summary>
internal struct Extended<T>
    where T : struct, IField<T>
{
    internal T X, Y, ZZ, ZZZ;
}
