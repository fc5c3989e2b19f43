//! The measurements, scaled so that every column counts alike.

/// Rows of numbers under named columns, each column with mean 0 and deviation 1.
pub struct Table {
    names: Vec<String>,
    means: Vec<f64>,
    deviations: Vec<f64>,
    values: Vec<f64>,
}

impl Table {
    /// Reads a header and rows of numbers.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut lines = text.lines();
        let names: Vec<String> = lines.next().ok_or("the table is empty")?.split(',').map(str::to_owned).collect();
        let mut values = Vec::new();
        for (number, line) in lines.enumerate() {
            let before = values.len();
            for field in line.split(',') {
                let value: f64 = field.trim().parse().map_err(|_| format!("line {}: `{field}`", number + 2))?;
                values.push(value);
            }
            if values.len() - before != names.len() {
                return Err(format!("line {} has {} fields, not {}", number + 2, values.len() - before, names.len()));
            }
        }
        let mut table = Self { means: Vec::new(), deviations: Vec::new(), names, values };
        table.scale();
        Ok(table)
    }

    fn scale(&mut self) {
        let (rows, columns) = (self.rows() as f64, self.columns());
        for column in 0..columns {
            let of_column = || self.values.iter().skip(column).step_by(columns);
            let mean = of_column().sum::<f64>() / rows;
            let variance = of_column().map(|value| (value - mean) * (value - mean)).sum::<f64>() / rows;
            self.means.push(mean);
            self.deviations.push(if variance > 0.0 { variance.sqrt() } else { 1.0 });
        }
        for (index, value) in self.values.iter_mut().enumerate() {
            let column = index % columns;
            *value = (*value - self.means[column]) / self.deviations[column];
        }
    }

    /// The names of the columns.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.names.len()
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.values.len() / self.columns()
    }

    /// One row, scaled.
    pub fn row(&self, index: usize) -> &[f64] {
        &self.values[index * self.columns()..][..self.columns()]
    }

    /// A scaled point in the units of the input.
    pub fn original(&self, point: &[f64]) -> Vec<f64> {
        let scaled = point.iter().zip(&self.deviations).zip(&self.means);
        scaled.map(|((value, deviation), mean)| value * deviation + mean).collect()
    }
}
