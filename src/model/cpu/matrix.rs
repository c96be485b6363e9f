//! Matrix products on slices.
//!
//! The product itself is the `gemm` crate's, which packs, tiles and picks the machine's vector instructions. What is
//! here makes it safe: a matrix knows its slice, and its corners are checked when it is made.

/// A matrix in a slice that is read.
#[derive(Clone, Copy, Debug)]
pub struct Matrix<'a> {
    values: &'a [f32],
    rows: usize,
    columns: usize,
    row_stride: usize,
    column_stride: usize,
}

/// A matrix in a slice that is written, row by row.
#[derive(Debug)]
pub struct MatrixMut<'a> {
    values: &'a mut [f32],
    rows: usize,
    columns: usize,
    row_stride: usize,
}

impl<'a> Matrix<'a> {
    /// All of a slice, in rows of this many columns.
    #[must_use]
    pub fn new(values: &'a [f32], columns: usize) -> Self {
        Self::strided(values, values.len() / columns.max(1), columns, columns)
    }

    /// Rows of `columns` numbers that begin `stride` apart.
    ///
    /// # Panics
    ///
    /// When the last number does not lie in the slice.
    #[must_use]
    pub fn strided(values: &'a [f32], rows: usize, columns: usize, stride: usize) -> Self {
        assert!(fits(values.len(), rows, columns, stride), "a matrix should lie inside its slice");
        Self { values, rows, columns, row_stride: stride, column_stride: 1 }
    }

    /// The slice it lies in.
    #[must_use]
    pub const fn values(self) -> &'a [f32] {
        self.values
    }

    /// The transposed matrix, in the same memory.
    #[must_use]
    pub const fn transposed(self) -> Self {
        Self {
            values: self.values,
            rows: self.columns,
            columns: self.rows,
            row_stride: self.column_stride,
            column_stride: self.row_stride,
        }
    }
}

impl<'a> MatrixMut<'a> {
    /// All of a slice, in rows of this many columns.
    #[must_use]
    pub fn new(values: &'a mut [f32], columns: usize) -> Self {
        let rows = values.len() / columns.max(1);
        Self::strided(values, rows, columns, columns)
    }

    /// Rows of `columns` numbers that begin `stride` apart.
    ///
    /// # Panics
    ///
    /// When the last number does not lie in the slice, or rows overlap.
    #[must_use]
    pub fn strided(values: &'a mut [f32], rows: usize, columns: usize, stride: usize) -> Self {
        assert!(stride >= columns && fits(values.len(), rows, columns, stride), "a matrix should lie inside its slice");
        Self { values, rows, columns, row_stride: stride }
    }
}

/// Whether the last number of the last row lies inside.
const fn fits(len: usize, rows: usize, columns: usize, stride: usize) -> bool {
    rows == 0 || columns == 0 || (rows - 1) * stride + columns <= len
}

/// What a product does with what its destination holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Store {
    /// `C = A·B`.
    Set,
    /// `C = C + A·B`.
    Add,
}

/// `C = A·B` or `C = C + A·B`, on one thread.
///
/// # Panics
///
/// When the sizes do not agree.
pub fn product(a: Matrix, b: Matrix, c: MatrixMut, store: Store) {
    assert!(
        a.rows == c.rows && a.columns == b.rows && b.columns == c.columns,
        "a product's sizes should agree: {}×{} times {}×{} into {}×{}",
        a.rows,
        a.columns,
        b.rows,
        b.columns,
        c.rows,
        c.columns
    );
    let MatrixMut { values, rows, columns, row_stride } = c;
    #[cfg(feature = "bench")]
    COUNTED.with(|counted| counted.set(counted.get() + 2 * (rows * a.columns * columns) as u64));
    // REASON: strides and lengths of slices fit into `isize`, as slices themselves do.
    #[expect(clippy::cast_possible_wrap, reason = "no slice is longer than `isize::MAX`")]
    #[expect(unsafe_code, reason = "the crate takes pointers; every corner was checked against its slice")]
    // SAFETY: all three matrices lie inside their slices and `c` is borrowed mutably, so it overlaps neither.
    unsafe {
        gemm::gemm(
            rows,
            columns,
            a.columns,
            values.as_mut_ptr(),
            1,
            row_stride as isize,
            store == Store::Add,
            a.values.as_ptr(),
            a.column_stride as isize,
            a.row_stride as isize,
            b.values.as_ptr(),
            b.column_stride as isize,
            b.row_stride as isize,
            1.0,
            1.0,
            false,
            false,
            false,
            gemm::Parallelism::None,
        );
    }
}

#[cfg(feature = "bench")]
thread_local! {
    /// Floating-point operations of all products on this thread.
    pub static COUNTED: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// Add the sum of all rows, each as wide as `sums`, to `sums`.
pub fn add_rows(rows: &[f32], sums: &mut [f32]) {
    for row in rows.chunks_exact(sums.len()) {
        for (sum, value) in sums.iter_mut().zip(row) {
            *sum += value;
        }
    }
}

/// Make every row this one.
pub fn fill_rows(rows: &mut [f32], row: &[f32]) {
    for target in rows.chunks_exact_mut(row.len()) {
        target.copy_from_slice(row);
    }
}

/// The inner product of two vectors of one length.
#[must_use]
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    const LANES: usize = 16;
    // Sixteen sums side by side: one sum would have to be taken in order, number by number.
    let mut sums = [0.0_f32; LANES];
    let (a, a_rest) = a.as_chunks::<LANES>();
    let (b, b_rest) = b.as_chunks::<LANES>();
    for (a, b) in a.iter().zip(b) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    sums.iter().sum::<f32>() + a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum::<f32>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_read_transposed_and_write_into_columns() {
        let a = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        let mut c = [9.0; 6];
        // (3×2 transposed) · (3×2), into the left two of three columns.
        let (left, right) = (Matrix::new(&a, 2).transposed(), Matrix::new(&a, 2));
        product(left, right, MatrixMut::strided(&mut c, 2, 2, 3), Store::Set);
        assert_eq!(c, [35.0, 44.0, 9.0, 44.0, 56.0, 9.0]);
        product(left, right, MatrixMut::strided(&mut c, 2, 2, 3), Store::Add);
        assert_eq!(c, [70.0, 88.0, 9.0, 88.0, 112.0, 9.0]);
    }

    #[test]
    #[should_panic(expected = "a matrix should lie inside its slice")]
    fn a_matrix_that_sticks_out_is_refused() {
        let _ = Matrix::strided(&[0.0; 5], 2, 3, 3);
    }

    #[test]
    fn sums_and_inner_products() {
        let values: Vec<f32> = (0..37_u8).map(f32::from).collect();
        assert_eq!(dot(&values, &values), (0..37).map(|i| (i * i) as f32).sum::<f32>());
        let mut sums = [1.0, 0.0];
        add_rows(&[1.0, 2.0, 3.0, 4.0], &mut sums);
        assert_eq!(sums, [5.0, 6.0]);
    }
}
